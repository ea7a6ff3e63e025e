#include "drivers/hypervisor/zone/zone_list.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/numbers.h"

namespace svcmgr::zone {

namespace {

using Value = GuestState::Value;

// zones(7) and zoneadm(8); `stopped` is what some brands print for a zone that is installed.
constexpr std::array<std::pair<std::string_view, Value>, 11> states = {{
    {"configured", Value::stopped},
    {"incomplete", Value::stopped},
    {"unavailable", Value::stopped},
    {"installed", Value::stopped},
    {"stopped", Value::stopped},
    {"ready", Value::paused},
    {"mounted", Value::paused},
    {"running", Value::running},
    {"shutting_down", Value::changing},
    {"down", Value::changing},
    {"dying", Value::changing},
}};

/// Fields between colons; one that is part of a field has a backslash before it.
std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields(1);
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '\\' && at + 1 < line.size())
            fields.back() += line[++at];
        else if (line[at] == ':')
            fields.emplace_back();
        else
            fields.back() += line[at];
    }
    return fields;
}

bool is_id(const std::string& field) {
    return field == "-" || parse_number<unsigned>(field).has_value();
}

/// zonecfg(8): a letter or digit, then letters, digits, '_', '-' and '.'.
bool is_name(std::string_view field) {
    constexpr std::string_view others = "_-.";
    const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    return !field.empty() && is_alphanumeric(field.front()) &&
           std::all_of(field.begin(), field.end(), [&](char c) { return is_alphanumeric(c) || others.find(c) != std::string_view::npos; });
}

std::optional<Value> value_of(std::string_view word) {
    const auto found = std::find_if(states.begin(), states.end(), [&](const auto& state) { return state.first == word; });
    return found == states.end() ? std::nullopt : std::optional(found->second);
}

void read_zone(tools::GuestList& list, const tools::Line& line) {
    constexpr std::size_t fewest = 7;
    constexpr std::size_t most = 11;
    const auto fields = fields_of(line.text);
    if (fields.size() < fewest || fields.size() > most) return list.refuse(line, "7 to 11 fields are expected");
    if (!is_id(fields[0])) return list.refuse(line, "its first field is no zone id");
    const std::string& name = fields[1];
    if (!is_name(name)) return list.refuse(line, "its second field is no name of a zone");
    if (name == "global") return;
    const auto value = value_of(fields[2]);
    if (!value) return list.add_unknown(name, line, "its third field is no state of a zone");
    if (!fields[3].starts_with('/')) return list.add_unknown(name, line, "its fourth field is no path");
    // A zone that runs has a number, and one that does not has none.
    if (*value != Value::stopped && fields[0] == "-") return list.add_unknown(name, line, "it has a state of a running zone, and no id");
    GuestState state;
    state.value = *value;
    state.reason = fields[2];
    list.add(name, std::move(state));
}

}  // namespace

tools::GuestList parse_zone_list(std::string_view text) {
    tools::GuestList list;
    for (const auto& line : tools::lines_of(text)) read_zone(list, line);
    return list;
}

}  // namespace svcmgr::zone
