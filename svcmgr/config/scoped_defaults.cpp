#include "svcmgr/config/scoped_defaults.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace svcmgr {

namespace {

constexpr std::size_t most_nodes_shown = 3;

/// Whether OpenSVC 1 knew the keyword and let DEFAULT say it for some nodes.
bool was_inherited(const Keyword& keyword) {
    const bool younger = keyword.since == "svcmgr" || keyword.since.starts_with("2");
    return keyword.name != "type" && keyword.scope == Keyword::Scope::per_node && !younger;
}

class Comparison {
public:
    Comparison(const Document& document, Values& values, std::size_t default_section)
        : document_(document), values_(values), default_section_(default_section), nodes_(values.scopes().node_names()) {
        const std::vector<Entry>& entries = entries_of(default_section);
        for_each_keyword(document.sections()[default_section], [&](Values::Group group) {
            if (std::ranges::any_of(group, [&](std::uint32_t index) { return !entries[index].scope.empty(); }))
                scoped_.emplace(entries[group.front()].keyword, choice_of(default_section, group));
        });
    }

    void report() {
        for (std::size_t i = 0; i < document_.sections().size(); ++i)
            if (i != default_section_) compare(i);
    }

private:
    /// The entry that counts on each of nodes_; null where none does.
    using Choice = std::vector<const Entry*>;

    const std::vector<Entry>& entries_of(std::size_t section) const { return document_.sections()[section].entries; }

    Choice choice_of(std::size_t section, Values::Group group) const {
        Choice choice;
        for (const std::string_view node : nodes_) choice.push_back(values_.choose_on(node, section, group));
        return choice;
    }

    void compare(std::size_t section) {
        const ShapeAnswer& answer = values_.shape(section);
        if (!answer.shape || answer.shape->free) return;
        for_each_keyword(document_.sections()[section], [&](Values::Group group) {
            const std::string& name = entries_of(section)[group.front()].keyword;
            const auto said = scoped_.find(name);
            const Keyword* keyword = said == scoped_.end() ? nullptr : answer.shape->keywords.find(name);
            if (keyword && was_inherited(*keyword)) compare(section, choice_of(section, group), said->second);
        });
    }

    /// One finding for each of the section's entries, with the nodes where the same one of DEFAULT won.
    void compare(std::size_t section, const Choice& own, const Choice& defaults) {
        std::map<const Entry*, std::pair<const Entry*, std::vector<std::string_view>>> differing;
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            if (!differs(nodes_[i], own[i], defaults[i])) continue;
            auto& [won, nodes] = differing.try_emplace(own[i], defaults[i], std::vector<std::string_view>()).first->second;
            if (won == defaults[i]) nodes.push_back(nodes_[i]);
        }
        for (const auto& [entry, other] : differing) report(section, *entry, *other.first, other.second);
    }

    bool differs(std::string_view node, const Entry* own, const Entry* in_default) const {
        if (!own || !in_default || own->value == in_default->value) return false;
        return values_.scopes().rank_on(node, in_default->scope) < values_.scopes().rank_on(node, own->scope);
    }

    void report(std::size_t section, const Entry& own, const Entry& in_default, std::vector<std::string_view> nodes) {
        const std::size_t more = nodes.size() - std::min(nodes.size(), most_nodes_shown);
        nodes.resize(nodes.size() - more);
        const std::string& name = document_.sections()[section].name;
        Finding& finding = values_.report(
            Finding::Kind::duplicate, own.place, own.name().size(),
            fmt::format("on {}{}, OpenSVC 1 took '{}' of [DEFAULT] in line {}; '{}' of [{}], in line {}, counts here as in OpenSVC 2",
                        fmt::join(nodes, ", "), more == 0 ? "" : fmt::format(" and {} more", more), in_default.name(),
                        in_default.place.line, own.name(), name, own.place.line));
        finding.level = Finding::Level::warning;
        finding.section = name;
        finding.keyword = own.name();
    }

    const Document& document_;
    Values& values_;
    std::size_t default_section_;
    std::vector<std::string_view> nodes_;
    std::map<std::string_view, Choice> scoped_;  ///< what DEFAULT says under a scope, by keyword
};

}  // namespace

void report_scoped_defaults(const Document& document, Values& values) {
    const auto index = values.default_section();
    if (!index) return;
    const auto has_scope = [](const Entry& entry) { return !entry.scope.empty(); };
    if (std::ranges::any_of(document.sections()[*index].entries, has_scope)) Comparison(document, values, *index).report();
}

}  // namespace svcmgr
