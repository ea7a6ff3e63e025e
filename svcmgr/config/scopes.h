#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace svcmgr {

/// For which node a document is read.
struct NodeView {
    std::string nodename;
    std::string service;                                             ///< for {svcname}
    std::map<std::string, std::string, std::less<>> variables = {};  ///< override the section [env] (`--env`); lower-cased names
};

/// Which `keyword@scope` this node reads (contract.md 2.2).
class Scopes {
public:
    explicit Scopes(std::string nodename);

    const std::string& nodename() const { return nodename_; }

    void set_nodes(std::vector<std::string> names) { nodes_ = Names(std::move(names)); }
    void set_drpnodes(std::vector<std::string> names) { drpnodes_ = Names(std::move(names)); }
    void set_encapnodes(std::vector<std::string> names) { encapnodes_ = Names(std::move(names)); }
    void set_flex_primary(std::string name) { flex_primary_ = std::move(name); }
    void set_drp_flex_primary(std::string name) { drp_flex_primary_ = std::move(name); }

    /// How near a scope is to this node: the smallest wins, none when it is not this node's. The empty scope is everyone's.
    std::optional<int> rank(std::string_view scope) const { return rank_on(nodename_, scope); }
    /// The same for another node, whose name is in lower case.
    std::optional<int> rank_on(std::string_view nodename, std::string_view scope) const;
    /// Whether the scope is a group word or a node of the service.
    bool known(std::string_view scope) const;
    /// Group words and nodes of the service, to suggest one of; not all of very many.
    std::vector<std::string_view> words() const;
    /// This node and the other ones of the service; not all of very many.
    std::vector<std::string_view> node_names() const;

private:
    /// Each once, sorted.
    class Names {
    public:
        Names() = default;
        explicit Names(std::vector<std::string> names);
        bool contains(std::string_view name) const;
        auto begin() const { return names_.begin(); }
        auto end() const { return names_.end(); }

    private:
        std::vector<std::string> names_;
    };

    std::string nodename_;
    Names nodes_;
    Names drpnodes_;
    Names encapnodes_;
    std::string flex_primary_;
    std::string drp_flex_primary_;
};

}  // namespace svcmgr
