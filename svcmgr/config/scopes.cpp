#include "svcmgr/config/scopes.h"

#include <algorithm>
#include <array>

#include "drivers/options.h"

namespace svcmgr {

namespace {

constexpr std::array<std::string_view, 5> groups = {"nodes", "drpnodes", "encapnodes", "flex_primary", "drp_flex_primary"};

constexpr std::size_t most_words = 50;

}  // namespace

Scopes::Names::Names(std::vector<std::string> names) : names_(std::move(names)) {
    std::ranges::sort(names_);
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
}

bool Scopes::Names::contains(std::string_view name) const {
    const auto found = std::ranges::lower_bound(names_, name);
    return found != names_.end() && *found == name;
}

Scopes::Scopes(std::string nodename) : nodename_(lower_case(nodename)) {}

std::optional<int> Scopes::rank_on(std::string_view nodename, std::string_view scope) const {
    const auto if_in = [&](const Names& names, int rank) { return names.contains(nodename) ? std::optional(rank) : std::nullopt; };
    if (scope.empty()) return static_cast<int>(groups.size()) + 1;
    if (scope == nodename) return 0;
    if (scope == "nodes") return if_in(nodes_, 1);
    if (scope == "drpnodes") return if_in(drpnodes_, 2);
    if (scope == "encapnodes") return if_in(encapnodes_, 3);
    if (scope == "flex_primary") return flex_primary_ == nodename ? std::optional(4) : std::nullopt;
    if (scope == "drp_flex_primary") return drp_flex_primary_ == nodename ? std::optional(5) : std::nullopt;
    return std::nullopt;
}

bool Scopes::known(std::string_view scope) const {
    return scope.empty() || scope == nodename_ || std::find(groups.begin(), groups.end(), scope) != groups.end() ||
           nodes_.contains(scope) || drpnodes_.contains(scope) || encapnodes_.contains(scope);
}

std::vector<std::string_view> Scopes::words() const {
    std::vector<std::string_view> words(groups.begin(), groups.end());
    words.push_back(nodename_);
    for (const auto* names : {&nodes_, &drpnodes_, &encapnodes_})
        for (auto name = names->begin(); name != names->end() && words.size() < most_words; ++name) words.push_back(*name);
    return words;
}

std::vector<std::string_view> Scopes::node_names() const {
    std::vector<std::string_view> nodes{nodename_};
    for (const auto* names : {&nodes_, &drpnodes_})
        for (auto name = names->begin(); name != names->end() && nodes.size() < most_words; ++name)
            if (std::find(nodes.begin(), nodes.end(), *name) == nodes.end()) nodes.emplace_back(*name);
    return nodes;
}

}  // namespace svcmgr
