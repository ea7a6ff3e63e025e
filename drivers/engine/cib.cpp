#include "drivers/engine/cib.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include <pugixml.hpp>

#include "drivers/options.h"

namespace svcmgr {

namespace {

using pugi::xml_node;
using Names = std::map<std::string, std::string>;

std::string attribute(const xml_node& node, const char* name, const char* otherwise = "") {
    return node.attribute(name).as_string(otherwise);
}

bool is(const xml_node& node, const char* name) {
    return std::strcmp(node.name(), name) == 0;
}

/// crm_is_true() of Pacemaker.
bool says_yes(const std::string& text) {
    constexpr std::string_view words[] = {"true", "on", "yes", "y", "1"};
    return std::ranges::find(words, lower_case(text)) != std::end(words);
}

/// The values of all sets of a kind: the set with the higher score wins, then the first. Sets with a rule say nothing.
Names values_of(const xml_node& owner, const char* set_name) {
    std::vector<xml_node> sets;
    for (const xml_node& set : owner.children(set_name))
        if (!set.child("rule")) sets.push_back(set);
    std::ranges::stable_sort(sets, std::greater(),
                             [](const xml_node& set) { return parse_score(attribute(set, "score", "0")).value_or(0); });
    Names values;
    for (const xml_node& set : sets)
        for (const xml_node& pair : set.children("nvpair")) values.try_emplace(attribute(pair, "name"), attribute(pair, "value"));
    return values;
}

/// What the cluster says for all resources.
struct Everywhere {
    Names properties;
    Names defaults;  ///< of resources
};

class Reader {
public:
    explicit Reader(const xml_node& configuration)
        : configuration_(configuration),
          everywhere_{values_of(configuration.child("crm_config"), "cluster_property_set"),
                      values_of(configuration.child("rsc_defaults"), "meta_attributes")} {}

    Cib read() {
        for (const xml_node& node : configuration_.child("resources").children()) read_resources(node, {});
        for (const xml_node& node : configuration_.child("constraints").children()) read_constraint(node);
        for (const xml_node& node : configuration_.child("nodes").children("node"))
            if (says_yes(values_of(node, "instance_attributes")["maintenance"]))
                cib_.maintained_nodes.push_back(lower_case(attribute(node, "uname")));
        return std::move(cib_);
    }

private:
    /// `around`: meta attributes of the groups and clones that it is in.
    void read_resources(const xml_node& node, const Names& around) {
        if (is(node, "primitive")) return read_primitive(node, around);
        if (!is(node, "group") && !is(node, "clone") && !is(node, "master")) return;
        Names meta = values_of(node, "meta_attributes");
        meta.insert(around.begin(), around.end());
        for (const xml_node& child : node.children()) read_resources(child, meta);
    }

    void read_primitive(const xml_node& node, const Names& around) {
        const xml_node pattern =
            configuration_.child("resources").find_child_by_attribute("template", "id", attribute(node, "template").c_str());
        const xml_node& kind = node.attribute("template") ? pattern : node;
        CibResource resource;
        resource.id = attribute(node, "id");
        resource.agent = fmt::format("{}:{}:{}", attribute(kind, "class"), attribute(kind, "provider"), attribute(kind, "type"));
        resource.parameters = values_of(node, "instance_attributes");
        resource.parameters.merge(values_of(pattern, "instance_attributes"));
        resource.meta = values_of(node, "meta_attributes");
        resource.meta.merge(values_of(pattern, "meta_attributes"));
        for (const xml_node& operations : {node.child("operations"), pattern.child("operations")})
            for (const xml_node& one : operations.children("op")) read_operation(one, resource);
        resource.unmanaged = why_unmanaged(resource.meta, around);
        cib_.resources.push_back(std::move(resource));
    }

    static void read_operation(const xml_node& node, CibResource& resource) {
        CibOperation operation{attribute(node, "name"), attribute(node, "interval", "0"), attribute(node, "timeout")};
        Names attributes = values_of(node, "meta_attributes");
        attributes.merge(values_of(node, "instance_attributes"));
        if (operation.timeout.empty()) operation.timeout = attributes["timeout"];
        const bool known = std::ranges::any_of(resource.operations, [&](const CibOperation& other) {
            return other.name == operation.name && parse_cib_duration(other.interval) == parse_cib_duration(operation.interval);
        });
        if (!known) resource.operations.push_back(std::move(operation));
    }

    /// As Pacemaker unpacks a resource: `is-managed`, then `maintenance`, then the whole cluster's.
    std::string why_unmanaged(const Names& own, const Names& around) const {
        if (const auto found = everywhere_.properties.find("maintenance-mode");
            found != everywhere_.properties.end() && says_yes(found->second))
            return "maintenance-mode = true";
        const auto said = [&](const std::string& name) -> std::optional<std::string> {
            for (const Names* names : {&own, &around, &everywhere_.defaults})
                if (const auto found = names->find(name); found != names->end() && found->second != "default") return found->second;
            return {};
        };
        if (says_yes(said("maintenance").value_or("false"))) return "maintenance = true";
        if (const auto managed = said("is-managed")) return says_yes(*managed) ? "" : "is-managed = false";
        const auto found = everywhere_.properties.find("is-managed-default");
        return found == everywhere_.properties.end() || says_yes(found->second) ? "" : "is-managed-default = false";
    }

    void read_constraint(const xml_node& node) {
        const bool plain = !node.child("resource_set") && !node.attribute("rsc-pattern");
        if (is(node, "rsc_location") && plain) return read_location(node);
        if (is(node, "rsc_order") && plain) {
            CibOrder order{attribute(node, "id"), attribute(node, "first"), attribute(node, "first-action", "start"),
                           attribute(node, "then")};
            order.then_action = attribute(node, "then-action", order.first_action.c_str());
            order.kind = attribute(node, "kind", "Mandatory");
            if (const auto score = parse_score(attribute(node, "score")); score && !node.attribute("kind"))
                order.kind = *score == 0 ? "Optional" : "Mandatory";
            order.symmetrical = says_yes(attribute(node, "symmetrical", order.kind == "Serialize" ? "false" : "true"));
            cib_.constraints.orders.push_back(std::move(order));
        } else if (is(node, "rsc_colocation") && plain) {
            cib_.constraints.colocations.push_back({attribute(node, "id"), attribute(node, "rsc"), attribute(node, "with-rsc"),
                                                    parse_score(attribute(node, "score", "INFINITY")).value_or(0)});
        } else if (const std::string id = attribute(node, "id"); !id.empty()) {
            cib_.constraints.others.push_back(id);
        }
    }

    void read_location(const xml_node& node) {
        CibLocation location{attribute(node, "id"), attribute(node, "rsc"), attribute(node, "node")};
        location.score = parse_score(attribute(node, "score", "0")).value_or(0);
        if (!node.child("rule")) return cib_.constraints.locations.push_back(std::move(location));
        for (const xml_node& rule : node.children("rule")) {
            location.score = parse_score(attribute(rule, "score", "0")).value_or(0);
            location.other_than = nodes_left_out(rule);
            location.rule = location.other_than.empty() ? rule_text(rule) : "";
            cib_.constraints.locations.push_back(location);
        }
    }

    /// Of "#uname ne node1 and #uname ne node2": node1, node2. Empty for any other rule.
    static std::vector<std::string> nodes_left_out(const xml_node& rule) {
        std::vector<std::string> nodes;
        for (const xml_node& one : rule.children()) {
            const bool names_a_node =
                is(one, "expression") && attribute(one, "attribute") == "#uname" && attribute(one, "operation") == "ne";
            if (!names_a_node) return {};
            nodes.push_back(attribute(one, "value"));
        }
        return nodes.size() > 1 && attribute(rule, "boolean-op", "and") != "and" ? std::vector<std::string>{} : nodes;
    }

    static std::string rule_text(const xml_node& rule) {
        std::vector<std::string> parts;
        for (const xml_node& one : rule.children())
            parts.push_back(is(one, "expression")
                                ? fmt::format("{} {} {}", attribute(one, "attribute"), attribute(one, "operation"), attribute(one, "value"))
                                : std::string(one.name()));
        return fmt::to_string(fmt::join(parts, fmt::format(" {} ", attribute(rule, "boolean-op", "and"))));
    }

    xml_node configuration_;
    Everywhere everywhere_;
    Cib cib_;
};

std::optional<Duration> unit_of(std::string_view unit) {
    if (unit.empty() || unit == "s" || unit == "sec") return std::chrono::seconds(1);
    if (unit == "ms" || unit == "msec") return std::chrono::milliseconds(1);
    if (unit == "m" || unit == "min") return std::chrono::minutes(1);
    if (unit == "h" || unit == "hr") return std::chrono::hours(1);
    return {};
}

constexpr Duration longest = std::chrono::hours(24 * 366 * 100);  ///< twice that can be counted, too

std::optional<Duration> product(const std::optional<std::int64_t>& number, const std::optional<Duration>& unit) {
    if (!number || !unit || *number > longest / *unit) return {};
    return *unit * *number;
}

std::size_t digits_in(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, [](unsigned char letter) { return std::isdigit(letter) != 0; }) -
                                    text.begin());
}

/// ISO 8601's time part: "PT1H30M", which is what `crm_resource` and new versions of Pacemaker write.
std::optional<Duration> parse_iso_duration(std::string_view text) {
    if (!text.starts_with("PT") || text.size() == 2) return {};
    text.remove_prefix(2);
    Duration total{};
    while (!text.empty()) {
        const std::size_t digits = digits_in(text);
        const auto number = parse_integer(std::string(text.substr(0, digits)));
        if (digits >= text.size()) return {};
        const char unit = text[digits];
        const auto one = unit == 'H' ? unit_of("h") : unit == 'M' ? unit_of("m") : unit == 'S' ? unit_of("s") : std::nullopt;
        const auto part = product(number, one);
        if (!part || total + *part > longest) return {};
        total += *part;
        text.remove_prefix(digits + 1);
    }
    return total;
}

}  // namespace

std::optional<int> parse_score(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text == "INFINITY") return negative ? -infinite_score : infinite_score;
    if (text.empty() || digits_in(text) != text.size()) return {};
    const auto number = text.size() > 7 ? infinite_score : std::min<std::int64_t>(*parse_integer(std::string(text)), infinite_score);
    return static_cast<int>(negative ? -number : number);
}

std::string score_text(int score) {
    if (score >= infinite_score) return "INFINITY";
    return score <= -infinite_score ? "-INFINITY" : std::to_string(score);
}

std::optional<Duration> parse_cib_duration(std::string_view text) {
    const std::string_view word = trimmed(text);
    const std::size_t digits = digits_in(word);
    if (digits == 0) return parse_iso_duration(word);
    return product(parse_integer(std::string(word.substr(0, digits))), unit_of(trimmed(word.substr(digits))));
}

tl::expected<Cib, std::string> parse_cib(std::string_view xml) {
    pugi::xml_document document;
    const pugi::xml_parse_result result = document.load_buffer(xml.data(), xml.size());
    if (!result) return tl::unexpected(fmt::format("it is no XML: {} at byte {}", result.description(), result.offset));
    const xml_node cib = document.child("cib");
    if (!cib) return tl::unexpected(std::string("it is XML, and no CIB"));
    const xml_node configuration = cib.child("configuration");
    for (const char* part : {"crm_config", "nodes", "resources", "constraints"})
        if (!configuration.child(part)) return tl::unexpected(fmt::format("it is a CIB without <{}>", part));
    return Reader(configuration).read();
}

}  // namespace svcmgr
