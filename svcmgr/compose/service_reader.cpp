#include "svcmgr/compose/service_reader.h"

#include <fmt/format.h>

#include "drivers/hypervisor/keywords/docker_run.h"
#include "drivers/numbers.h"
#include "drivers/options.h"
#include "svcmgr/compose/variables.h"

namespace svcmgr::compose {

namespace {

/// How often svcmgr starts again what compose would start again for ever.
constexpr int restarts_for_ever = 3;

}  // namespace

std::string ServiceReader::text(const YAML::Node& node) {
    if (node.IsMap() || node.IsSequence())
        listener_.lose(line_of(node), fmt::format("{}: a text is expected here, and this is none", service_.name));
    if (!node.IsScalar()) return {};
    return with_variables(node.Scalar(), source_.variables, [&](const std::string& name) { listener_.missing(line_of(node), name); });
}

std::vector<std::string> ServiceReader::texts(const Item& item) {
    if (item.value.IsMap()) lose(item, "a text or a list is expected here, and this is none");
    return texts_or_mapping(item.value);
}

std::vector<std::string> ServiceReader::texts_or_mapping(const YAML::Node& node) {
    std::vector<std::string> all;
    if (node.IsScalar()) all.push_back(text(node));
    if (node.IsSequence())
        for (const auto& one : node)
            if (std::string said = text(one); one.IsScalar()) all.push_back(std::move(said));
    return all;
}

std::vector<Item> ServiceReader::mapping(const Item& item) {
    if (!item.value.IsMap() && !item.value.IsNull()) lose(item, "a mapping is expected here, and this is none");
    return items(item.value);
}

std::vector<YAML::Node> ServiceReader::list(const Item& item) {
    if (item.value.IsSequence()) return {item.value.begin(), item.value.end()};
    if (!item.value.IsNull()) lose(item, "a list is expected here, and this is none");
    return {};
}

void ServiceReader::lose(const Item& item, const std::string& why) {
    listener_.lose(item.line, fmt::format("{}.{}: {}", service_.name, item.key, why));
}

bool ServiceReader::flag(const Item& item) {
    const auto read = parse_boolean(text(item.value));
    if (!read) lose(item, "it is neither true nor false");
    return read.value_or(false);
}

std::string ServiceReader::absolute(std::string path) const {
    if (path == ".") return source_.directory;
    if (path.starts_with("./")) path.erase(0, 2);
    return path.starts_with('/') || path.starts_with('~') ? path : fmt::format("{}/{}", source_.directory, path);
}

std::vector<Said> ServiceReader::pairs(const Item& item) {
    std::vector<Said> all;
    if (item.value.IsSequence())
        for (const auto& one : item.value)
            if (std::string said = text(one); one.IsScalar()) all.push_back({std::move(said), line_of(one)});
    if (item.value.IsScalar()) lose(item, "a list or a mapping is expected here, and this is none");
    for (const Item& one : items(item.value))
        all.push_back({one.value.IsNull() ? one.key : fmt::format("{}={}", one.key, text(one.value)), one.line});
    return all;
}

/// A text is taken apart as a shell would.
std::vector<std::string> ServiceReader::words(const Item& item) {
    if (item.value.IsSequence()) return texts(item);
    const auto split = split_command(text(item.value));
    if (!split) lose(item, "a quote is not closed");
    return split.value_or(std::vector<std::string>());
}

void ServiceReader::read_command(const Item& item) {
    if (!item.value.IsNull()) service_.command = words(item);
}

void ServiceReader::read_entrypoint(const Item& item) {
    if (!item.value.IsNull()) service_.entrypoint = words(item);
}

/// A name alone is what whoever calls compose has under that name.
void ServiceReader::read_environment(const Item& item) {
    for (Said& one : pairs(item)) {
        const bool has_value = one.text.find('=') != std::string::npos;
        const auto value = source_.variables.find(one.text);
        if (has_value)
            service_.environment.push_back(std::move(one));
        else if (value != source_.variables.end())
            service_.environment.push_back({fmt::format("{}={}", one.text, value->second), one.line});
        else
            listener_.missing(one.line, one.text);
    }
}

void ServiceReader::read_env_file(const Item& item) {
    for (const std::string& file : texts(item)) service_.env_files.push_back(absolute(file));
}

void ServiceReader::read_network_mode(const Item& item) {
    service_.network_mode = text(item.value);
    if (constexpr std::string_view prefix = "service:"; service_.network_mode.starts_with(prefix))
        service_.depends_on.push_back({service_.network_mode.substr(prefix.size())});
}

void ServiceReader::read_networks(const Item& item) {
    for (const std::string& name : texts_or_mapping(item.value)) service_.networks.push_back({name, {}, {}, {}});
    for (const Item& one : items(item.value)) {
        Membership member{one.key, {}, {}, {}};
        for (const Item& said : mapping(one)) {
            if (said.key == "ipv4_address")
                member.address = text(said.value);
            else if (said.key == "ipv6_address")
                member.address6 = text(said.value);
            else if (said.key == "aliases")
                member.aliases = texts(said);
            else
                lose(said, fmt::format("a place in the network {} can't say it", one.key));
        }
        if (!member.address.empty() && !member.address6.empty()) {
            lose(one, "only one address can be asked for; the one of IPv4 is");
            member.address6.clear();
        }
        service_.networks.push_back(std::move(member));
    }
}

/// The long form as the short one; empty when that can't be.
std::string ServiceReader::volume_of(const Item& item, const YAML::Node& node) {
    if (!node.IsMap()) return text(node);
    std::string type, source, target;
    bool readonly = false;
    for (const Item& one : items(node)) {
        if (one.key == "type")
            type = text(one.value);
        else if (one.key == "source")
            source = text(one.value);
        else if (one.key == "target")
            target = text(one.value);
        else if (one.key == "read_only")
            readonly = flag(one);
        else
            lose({item.key, one.value, one.line}, fmt::format("'{}' of a volume can't be said", one.key));
    }
    if (type == "tmpfs") {
        service_.tmpfs.push_back(target);
        return {};
    }
    if (type == "bind") source = absolute(source);
    return source.empty() ? target : fmt::format("{}:{}{}", source, target, readonly ? ":ro" : "");
}

void ServiceReader::read_volumes(const Item& item) {
    for (const YAML::Node& node : list(item)) {
        std::string volume = volume_of(item, node);
        if (volume.empty()) continue;
        const auto colon = volume.find(':');
        if (volume.starts_with('~')) {
            lose({item.key, node, line_of(node)}, fmt::format("'{}' depends on who calls: write the path", volume));
            continue;
        }
        if (volume.starts_with('.'))
            volume = absolute(volume);
        else if (colon != std::string::npos && !volume.starts_with('/') && version_ != Version::first)
            volume = volume_name(volume.substr(0, colon)) + volume.substr(colon);
        service_.volumes.push_back({std::move(volume), line_of(node)});
    }
}

/// The long form as the short one.
std::string ServiceReader::port_of(const Item& item, const YAML::Node& node) {
    std::string address, published, target, protocol;
    const std::map<std::string_view, std::string*> places = {
        {"host_ip", &address}, {"published", &published}, {"target", &target}, {"protocol", &protocol}};
    for (const Item& one : items(node)) {
        if (const auto place = places.find(one.key); place != places.end())
            *place->second = text(one.value);
        else if (one.key != "name" && !(one.key == "mode" && text(one.value) == "host"))
            lose({item.key, one.value, one.line}, fmt::format("'{}' of a port can't be said", one.key));
    }
    if (address.find(':') != std::string::npos && !address.starts_with('[')) address = "[" + address + "]";
    if (!address.empty()) address += ":";
    if (!published.empty() || !address.empty()) published += ":";
    return address + published + target + (protocol.empty() ? "" : "/" + protocol);
}

void ServiceReader::read_ports(const Item& item) {
    for (const YAML::Node& node : list(item)) {
        std::string port = node.IsMap() ? port_of(item, node) : text(node);
        if (const auto read = parse_docker_port(port); !read)
            lose({item.key, node, line_of(node)}, read.error());
        else
            service_.ports.push_back(std::move(port));
    }
}

void ServiceReader::read_depends_on(const Item& item) {
    for (const std::string& name : texts_or_mapping(item.value)) service_.depends_on.push_back({name});
    for (const Item& one : items(item.value)) {
        Dependency dependency{one.key};
        for (const Item& said : mapping(one))
            if (said.key == "condition")
                dependency.on_its_end = text(said.value) == "service_completed_successfully";
            else
                lose({item.key, said.value, said.line}, fmt::format("'{}' of a dependency can't be said", said.key));
        service_.depends_on.push_back(std::move(dependency));
    }
}

void ServiceReader::read_links(const Item& item) {
    for (const std::string& link : texts(item)) service_.depends_on.push_back({link.substr(0, link.find(':'))});
    lose(item, "kept as an order only: containers find each other in a network that both are in");
}

void ServiceReader::read_labels(const Item& item) {
    for (Said& one : pairs(item)) {
        if (one.text.find('=') == std::string::npos) one.text += '=';
        service_.labels.push_back(std::move(one));
    }
}

/// docker has its `--health-cmd` run by a shell, which is to run the words of a CMD as they are.
void ServiceReader::read_health_test(const Item& item) {
    std::vector<std::string> test = texts(item);
    const std::string form = item.value.IsSequence() && !test.empty() ? test.front() : "CMD-SHELL";
    if (item.value.IsSequence() && !test.empty()) test.erase(test.begin());
    if (form == "NONE")
        service_.health.emplace_back("--no-healthcheck", "");
    else if (form == "CMD" && !test.empty())
        service_.health.emplace_back("--health-cmd", command_line(test));
    else if (form == "CMD-SHELL" && test.size() == 1)
        service_.health.emplace_back("--health-cmd", test.front());
    else
        lose(item, "a check is one text, or a list of NONE, of CMD and words, or of CMD-SHELL and one text");
}

void ServiceReader::read_health(const Item& item) {
    static const std::map<std::string, const char*, std::less<>> options = {{"interval", "--health-interval"},
                                                                            {"timeout", "--health-timeout"},
                                                                            {"retries", "--health-retries"},
                                                                            {"start_period", "--health-start-period"}};
    for (const Item& one : mapping(item)) {
        if (const auto option = options.find(one.key); option != options.end()) {
            service_.health.emplace_back(option->second, text(one.value));
        } else if (one.key == "disable") {
            if (flag(one)) service_.health.emplace_back("--no-healthcheck", "");
        } else if (one.key == "test") {
            read_health_test(one);
        } else {
            lose(one, "a health check can't say it");
        }
    }
}

void ServiceReader::read_restart(const Item& item) {
    const std::string said = text(item.value);
    if (said.empty() || said == "no" || said == "false") return;
    service_.restarts = restarts_for_ever;
    const auto colon = said.find(':');
    if (said.starts_with("on-failure:")) {
        service_.restarts = parse_number<int>(said.substr(colon + 1)).value_or(restarts_for_ever);
        return;
    }
    lose(item,
         fmt::format("'{}' is for ever: `restart = {}` tries that often, and `monitor` tells who it is for", said, restarts_for_ever));
}

void ServiceReader::read_simple(const Item& item) {
    const std::map<std::string_view, std::string*> places = {
        {"image", &service_.image},       {"container_name", &service_.container_name},
        {"user", &service_.user},         {"working_dir", &service_.working_dir},
        {"hostname", &service_.hostname}, {"stop_grace_period", &service_.stop_grace_period}};
    const std::map<std::string_view, bool*> flags = {
        {"privileged", &service_.privileged}, {"tty", &service_.tty}, {"stdin_open", &service_.stdin_open}};
    if (const auto place = places.find(item.key); place != places.end())
        *place->second = text(item.value);
    else
        *flags.at(item.key) = flag(item);
}

void ServiceReader::read_list(const Item& item) {
    const std::map<std::string_view, std::vector<std::string>*> places = {
        {"cap_add", &service_.cap_add}, {"devices", &service_.devices}, {"tmpfs", &service_.tmpfs}};
    *places.at(item.key) = texts(item);
}

const std::map<std::string, ServiceReader::Read, std::less<>>& ServiceReader::readers() {
    using S = ServiceReader;
    static const std::map<std::string, Read, std::less<>> all = {
        {"image", &S::read_simple},
        {"container_name", &S::read_simple},
        {"user", &S::read_simple},
        {"working_dir", &S::read_simple},
        {"hostname", &S::read_simple},
        {"stop_grace_period", &S::read_simple},
        {"privileged", &S::read_simple},
        {"tty", &S::read_simple},
        {"stdin_open", &S::read_simple},
        {"cap_add", &S::read_list},
        {"devices", &S::read_list},
        {"tmpfs", &S::read_list},
        {"command", &S::read_command},
        {"entrypoint", &S::read_entrypoint},
        {"environment", &S::read_environment},
        {"env_file", &S::read_env_file},
        {"net", &S::read_network_mode},
        {"network_mode", &S::read_network_mode},
        {"networks", &S::read_networks},
        {"volumes", &S::read_volumes},
        {"ports", &S::read_ports},
        {"depends_on", &S::read_depends_on},
        {"links", &S::read_links},
        {"labels", &S::read_labels},
        {"healthcheck", &S::read_health},
        {"restart", &S::read_restart},
        {"expose", &S::ignore},
    };
    return all;
}

ComposeService ServiceReader::read(const Item& item) {
    service_ = {};
    service_.name = item.key;
    service_.line = item.line;
    for (const Item& one : items(item.value)) {
        if (one.key.starts_with("x-")) continue;
        const auto reader = readers().find(one.key);
        if (reader != readers().end())
            (this->*reader->second)(one);
        else
            lose(one,
                 one.key == "build" ? "svcmgr builds nothing: build the image, and say its name in `image`" : "an env file can't say it");
    }
    return std::move(service_);
}

bool ServiceReader::read_owner(const Item& said, Owner& owner) {
    if (said.key == "name") {
        owner.name = text(said.value);
    } else if (said.key == "external") {
        owner.external = said.value.IsMap() || flag(said);
        for (const Item& one : items(said.value))
            if (one.key == "name") owner.name = text(one.value);
    } else {
        return false;
    }
    return true;
}

std::string ServiceReader::name_of(const Item& item, const Owner& owner) const {
    if (!owner.name.empty()) return owner.name;
    return owner.external ? item.key : resource_name(item.key);
}

std::string ServiceReader::volume_name(const std::string& name) const {
    const auto known = volumes_.find(name);
    return known == volumes_.end() ? resource_name(name) : known->second;
}

std::vector<Item> ServiceReader::begin_shared(const std::string& kind, const Item& item) {
    service_ = {};
    service_.name = kind;
    std::vector<Item> keys = mapping(item);
    service_.name += "." + item.key;
    return keys;
}

void ServiceReader::read_volume(const Item& item) {
    Owner owner;
    for (const Item& one : begin_shared("volumes", item)) {
        const bool is_usual = one.key == "driver" && text(one.value) == "local";
        if (!read_owner(one, owner) && !is_usual)
            lose(one, "docker makes a volume that is missing in its usual way: make this one by `docker volume create`");
    }
    volumes_[item.key] = name_of(item, owner);
}

void ServiceReader::read_ranges(const Item& item, ComposeNetwork& network) {
    for (const Item& said : mapping(item)) {
        if (said.key == "driver" && text(said.value) == "default") continue;
        if (said.key != "config") {
            lose(said, "docker's own address management is used, with its usual options");
            continue;
        }
        for (const YAML::Node& range : list(said))
            for (const Item& part : mapping({said.key, range, line_of(range)})) {
                if (part.key == "subnet")
                    network.subnets.push_back(text(part.value));
                else if (part.key == "gateway")
                    network.gateways.push_back(text(part.value));
                else
                    lose(part, "of a range of addresses only subnet and gateway can be said");
            }
    }
}

ComposeNetwork ServiceReader::read_network(const Item& item) {
    ComposeNetwork network;
    Owner owner;
    for (const Item& one : begin_shared("networks", item)) {
        if (read_owner(one, owner)) continue;
        if (one.key == "driver") {
            network.driver = text(one.value);
        } else if (one.key == "internal") {
            network.internal = flag(one);
        } else if (one.key == "driver_opts") {
            for (Said& option : pairs(one)) network.options.push_back(std::move(option.text));
        } else if (one.key == "ipam") {
            read_ranges(one, network);
        } else {
            lose(one, "a network of svcmgr can't say it");
        }
    }
    network.external = owner.external;
    network.name = name_of(item, owner);
    return network;
}

}  // namespace svcmgr::compose
