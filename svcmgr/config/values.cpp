#include "svcmgr/config/values.h"

#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/config/value_check.h"

namespace svcmgr {

namespace {

constexpr int deepest_reference = 50;

std::string_view up_to_dot(std::string_view name) {
    return name.substr(0, name.find('.'));
}

std::vector<std::string> lower_case_words(std::string_view text) {
    const std::vector<std::string_view> in = words_in(text);
    std::vector<std::string> words(in.size());
    std::ranges::transform(in, words.begin(), lower_case);
    return words;
}

bool is_trigger(std::string_view keyword) {
    for (const std::string_view start : {"pre_", "post_", "blocking_pre_", "blocking_post_"})
        if (keyword.substr(0, start.size()) == start) return true;
    return false;
}

}  // namespace

Values::Values(const Document& document, const NodeView& node, const ShapeOf& shape_of, Findings& findings)
    : document_(document),
      node_(node),
      shape_of_(shape_of),
      findings_(findings),
      scopes_(node.nodename),
      views_(document.sections().size()) {
    default_shape_ = shape_of_("DEFAULT", "");
    if (const Section* section = document_.find("DEFAULT")) {
        default_section_ = static_cast<std::size_t>(section - document_.sections().data());
        views_[*default_section_].shape = default_shape_;
    }
    find_scopes();
}

const Entry* Values::choose(std::size_t section, std::string_view keyword) const {
    return choose(section, document_.sections()[section].said(keyword));
}

const Entry* Values::choose_on(std::string_view nodename, std::size_t section, Group group) const {
    const std::vector<Entry>& entries = document_.sections()[section].entries;
    if (group.size() == 1 && entries[group.front()].scope.empty()) return &entries[group.front()];
    const Entry* chosen = nullptr;
    int nearest = 0;
    for (const std::uint32_t index : group) {
        const std::optional<int> rank = scopes_.rank_on(nodename, entries[index].scope);
        if (!rank || (chosen && *rank > nearest)) continue;
        chosen = &entries[index];
        nearest = *rank;
    }
    return chosen;
}

const ShapeAnswer& Values::shape(std::size_t section) {
    View& of = views_[section];
    if (of.shape) return *of.shape;
    static const ShapeAnswer not_yet;
    if (of.choosing_shape) return not_yet;
    of.choosing_shape = true;
    const Entry* type = choose(section, "type");
    const std::string* text = type ? resolve(section, *type) : nullptr;
    of.shape = shape_of_(document_.sections()[section].name, text ? lower_case(*text) : std::string());
    of.choosing_shape = false;
    return *of.shape;
}

/// Each list may be scoped by those before it.
void Values::find_scopes() {
    const auto first_of = [](const std::vector<std::string>& words) { return words.empty() ? std::string() : words.front(); };
    const Entry* const said_nodes = default_entry("nodes");
    std::vector<std::string> nodes = default_words("nodes");
    std::string first_node = first_of(nodes);
    scopes_.set_nodes(std::move(nodes));
    std::vector<std::string> drpnodes = default_words("drpnode");
    for (std::string& alternate : default_words("drpnodes")) drpnodes.push_back(std::move(alternate));
    const std::string first_drpnode = first_of(drpnodes);
    scopes_.set_drpnodes(std::move(drpnodes));
    scopes_.set_encapnodes(default_words("encapnodes"));

    if (default_entry("nodes") != said_nodes) first_node = first_of(default_words("nodes"));
    const std::string primary = first_of(default_words("flex_primary"));
    scopes_.set_flex_primary(primary.empty() ? first_node : primary);
    const std::string drp_primary = first_of(default_words("drp_flex_primary"));
    scopes_.set_drp_flex_primary(drp_primary.empty() ? first_drpnode : drp_primary);

    // A value that was resolved on the way may depend on scopes that were not known yet.
    for (View& view : views_) view.resolved.clear();
}

const Entry* Values::default_entry(std::string_view keyword) const {
    return default_section_ ? choose(*default_section_, keyword) : nullptr;
}

std::vector<std::string> Values::default_words(std::string_view keyword) {
    const Entry* entry = default_entry(keyword);
    if (!entry) {
        const Keyword* known = default_shape_->shape ? default_shape_->shape->keywords.find(keyword) : nullptr;
        if (!known || known->default_value.empty()) return {};
        return lower_case_words(resolve_default(known->default_value));
    }
    const std::string* text = resolve(*default_section_, *entry);
    return text ? lower_case_words(*text) : std::vector<std::string>();
}

Leave Values::leave_for(std::size_t section, const Entry& entry) {
    const ShapeAnswer& answer = shape(section);
    const Keyword* keyword = answer.shape ? answer.shape->keywords.find(entry.keyword) : nullptr;
    const bool command = keyword && keyword->type == Keyword::Type::command;
    return {command && is_trigger(entry.keyword), command};
}

const std::string* Values::resolve(std::size_t section, const Entry& entry) {
    if (!entry.may_refer || !has_references(entry.value)) return &entry.value;
    const std::vector<Entry>& entries = document_.sections()[section].entries;
    std::vector<Resolved>& all = views_[section].resolved;
    if (all.empty()) all.resize(entries.size());
    Resolved& resolved = all[static_cast<std::size_t>(&entry - entries.data())];
    if (resolved.state == Resolved::State::good) return &resolved.text;
    if (resolved.state != Resolved::State::untouched) return nullptr;

    resolved.state = Resolved::State::in_progress;
    ++depth_;
    Expansion expansion = expand(entry.value, leave_for(section, entry), [this](const Reference& reference) { return look_up(reference); });
    --depth_;
    for (ExpansionProblem& problem : expansion.problems) {
        if (problem.already_reported) continue;
        Finding& finding =
            report(Finding::Kind::bad_reference, document_.place_in_value(entry, problem.offset), problem.length, problem.message);
        finding.section = document_.sections()[section].name;
        finding.keyword = entry.name();
        finding.suggestion = std::move(problem.suggestion);
    }
    resolved.state = expansion.problems.empty() ? Resolved::State::good : Resolved::State::bad;
    resolved.text = std::move(expansion.text);
    return resolved.state == Resolved::State::good ? &resolved.text : nullptr;
}

std::string Values::resolve_default(std::string_view text) {
    if (!has_references(text)) return std::string(text);
    return expand(text, {}, [this](const Reference& reference) { return look_up(reference); }).text;
}

tl::expected<std::string, LookUpProblem> Values::look_up(const Reference& reference) {
    // Finding the section's shape may follow references, too.
    if (depth_ > deepest_reference)
        return tl::unexpected(LookUpProblem{fmt::format("references are nested more than {} deep", deepest_reference), {}});
    const std::string keyword = lower_case(reference.keyword);
    auto value = look_up_value(reference.section, keyword);
    if (!value || (!reference.count && !reference.index)) return value;
    const std::vector<std::string> words = split_words(*value);
    if (reference.count) return std::to_string(words.size());
    if (*reference.index < words.size()) return words[*reference.index];
    return tl::unexpected(LookUpProblem{
        fmt::format("there is no [{}] of '{}', which has {} word{}", *reference.index, keyword, words.size(), words.size() == 1 ? "" : "s"),
        {}});
}

tl::expected<std::string, LookUpProblem> Values::look_up_value(std::string_view section, std::string_view keyword) {
    if (section.empty()) {
        if (auto value = implicit_value(keyword)) return *value;
    }
    const Section* found = document_.find(section.empty() ? "DEFAULT" : section);
    if (section == "env") {
        if (const auto given = node_.variables.find(keyword); given != node_.variables.end()) return given->second;
    }
    if (!found && !section.empty()) return tl::unexpected(unknown_section(section));
    const auto number = found ? std::optional(static_cast<std::size_t>(found - document_.sections().data())) : std::nullopt;
    const ShapeAnswer& answer = number ? shape(*number) : *default_shape_;
    const KeywordSet keywords = answer.shape ? answer.shape->keywords : KeywordSet();
    const Keyword* known = keywords.find(keyword);

    if (number) {
        const Entry* entry = choose(*number, keyword);
        if (!entry) entry = choose_by_old_names(*number, keywords, keyword);
        if (entry) return value_of(*number, *entry);
    }
    if (known && number != default_section_ && default_section_) {
        if (const Entry* entry = choose(*default_section_, keyword)) return value_of(*default_section_, *entry);
    }
    if (known && !known->default_value.empty()) return resolve_default(known->default_value);
    return tl::unexpected(unknown_keyword(number, keyword));
}

tl::expected<std::string, LookUpProblem> Values::value_of(std::size_t section, const Entry& entry) {
    const Resolved::State before =
        views_[section].resolved.empty()
            ? Resolved::State::untouched
            : views_[section].resolved[static_cast<std::size_t>(&entry - document_.sections()[section].entries.data())].state;
    const std::string* text = resolve(section, entry);
    if (!text && before == Resolved::State::in_progress)
        return tl::unexpected(
            LookUpProblem{fmt::format("'{}' of [{}] refers to itself", entry.keyword, document_.sections()[section].name), {}});
    if (!text) return tl::unexpected(LookUpProblem{{}, {}, true});
    const ShapeAnswer& answer = shape(section);
    const Keyword* keyword = answer.shape ? answer.shape->keywords.find(entry.keyword) : nullptr;
    if (!keyword) return *text;
    std::string checked = *text;
    check_value(*keyword, checked);  // what is wrong with it is reported where it is said
    return checked;
}

std::optional<std::string> Values::implicit_value(std::string_view name) const {
    if (name == "nodename") return scopes_.nodename();
    if (name == "short_nodename") return std::string(up_to_dot(scopes_.nodename()));
    if (name == "svcname") return node_.service;
    if (name == "short_svcname") return std::string(up_to_dot(node_.service));
    if (name == "svcmgr") return "svcmgr -s " + node_.service;
    if (name == "nodemgr") return "nodemgr";
    return std::nullopt;
}

const Entry* Values::choose_by_old_names(std::size_t section, const KeywordSet& keywords, std::string_view keyword) const {
    for (const Keyword* old : keywords.all())
        if (old->replaced_by == keyword)
            if (const Entry* entry = choose(section, old->name)) return entry;
    return nullptr;
}

LookUpProblem Values::unknown_section(std::string_view section) const {
    std::vector<std::string_view> names;
    for (const Section& s : document_.sections()) names.push_back(s.name);
    return {fmt::format("there is no section [{}] to take a value from", section), nearest_word(section, names)};
}

LookUpProblem Values::unknown_keyword(std::optional<std::size_t> section, std::string_view keyword) const {
    std::vector<std::string_view> names;
    if (section)
        for (const Entry& entry : document_.sections()[*section].entries) names.push_back(entry.keyword);
    const std::string_view where = section ? std::string_view(document_.sections()[*section].name) : std::string_view("DEFAULT");
    return {fmt::format("[{}] does not say '{}'", where, keyword), nearest_word(keyword, names)};
}

Finding& Values::report(Finding::Kind kind, Place place, std::size_t length, std::string message) {
    Finding& finding = findings_.emplace_back();
    finding.kind = kind;
    finding.source_line = document_.line(place.line);
    finding.place = std::move(place);
    finding.length = static_cast<int>(length);
    finding.message = std::move(message);
    return finding;
}

}  // namespace svcmgr
