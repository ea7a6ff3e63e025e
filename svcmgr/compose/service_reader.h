#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "svcmgr/compose/project.h"
#include "svcmgr/compose/yaml.h"

namespace svcmgr::compose {

/// Reads the services of one compose file, key by key.
class ServiceReader {
public:
    struct Listener {
        std::function<void(int line, std::string what)> lose;                ///< what can't be carried
        std::function<void(int line, const std::string& variable)> missing;  ///< a variable without a value
    };
    /// `source`, and what the listener refers to, outlive this.
    ServiceReader(const ComposeSource& source, Version version, Listener listener)
        : source_(source), version_(version), listener_(std::move(listener)) {}

    /// Of the file's own volumes, before the services that use them.
    void read_volume(const Item& item);
    ComposeService read(const Item& item);
    ComposeNetwork read_network(const Item& item);

private:
    struct Owner {
        std::string name;  ///< docker's; empty: made from the file's name of it
        bool external = false;
    };
    using Read = void (ServiceReader::*)(const Item& item);
    static const std::map<std::string, Read, std::less<>>& readers();

    std::string text(const YAML::Node& node);
    /// The texts of a list, or the single one; a mapping is lost.
    std::vector<std::string> texts(const Item& item);
    /// The same of what may be a mapping instead, which has none.
    std::vector<std::string> texts_or_mapping(const YAML::Node& node);
    /// The keys of a mapping; what is none is lost, but for nothing at all.
    std::vector<Item> mapping(const Item& item);
    /// The members of a list; what is none is lost, but for nothing at all.
    std::vector<YAML::Node> list(const Item& item);
    /// The keys of one of the file's own volumes or networks. What is lost from here on is lost of it: "volumes.data".
    std::vector<Item> begin_shared(const std::string& kind, const Item& item);
    /// NAME=value of a list, or of a mapping.
    std::vector<Said> pairs(const Item& item);
    /// What is the file's own, or was there before, in a network or volume; both have the same words for it. False for any other word.
    bool read_owner(const Item& said, Owner& owner);
    std::string name_of(const Item& item, const Owner& owner) const;
    bool flag(const Item& item);
    void lose(const Item& item, const std::string& why);
    std::string absolute(std::string path) const;
    std::string resource_name(const std::string& name) const { return source_.service + "_" + name; }

    std::vector<std::string> words(const Item& item);
    void read_command(const Item& item);
    void read_entrypoint(const Item& item);
    void read_environment(const Item& item);
    void read_env_file(const Item& item);
    void read_network_mode(const Item& item);
    void read_networks(const Item& item);
    void read_volumes(const Item& item);
    std::string volume_of(const Item& item, const YAML::Node& node);
    std::string volume_name(const std::string& name) const;
    void read_ranges(const Item& item, ComposeNetwork& network);
    void read_ports(const Item& item);
    std::string port_of(const Item& item, const YAML::Node& node);
    void read_depends_on(const Item& item);
    void read_links(const Item& item);
    void read_labels(const Item& item);
    void read_health(const Item& item);
    void read_health_test(const Item& item);
    void read_restart(const Item& item);
    void read_simple(const Item& item);
    void read_list(const Item& item);
    void ignore(const Item&) {}

    const ComposeSource& source_;
    Version version_;
    Listener listener_;
    std::map<std::string, std::string, std::less<>> volumes_;  ///< docker's names of the file's volumes
    ComposeService service_;
};

}  // namespace svcmgr::compose
