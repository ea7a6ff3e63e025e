#include "drivers/hypervisor/vz/containers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "drivers/network/address.h"
#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::vz {

namespace {

using Value = GuestState::Value;
using tools::Line;
using tools::not_understood;

constexpr std::uint64_t page_kib = 4;

constexpr std::array<std::pair<std::string_view, Value>, 5> states = {{
    {"running", Value::running},
    {"stopped", Value::stopped},
    // Its file system is there, and nothing runs in it.
    {"mounted", Value::stopped},
    // Its memory is in a file: `vzctl resume` or `vzctl start` goes on with it.
    {"suspended", Value::stopped},
    {"paused", Value::paused},
}};

std::size_t column(const std::vector<std::string>& heading, std::string_view name) {
    return static_cast<std::size_t>(std::find(heading.begin(), heading.end(), name) - heading.begin());
}

struct Columns {
    std::size_t id, status;
    std::size_t address;  ///< behind the last one when the list has none
};

void read_container(tools::GuestList& list, const Line& line, const Columns& columns) {
    const auto words = split_words(line.text);
    if (words.size() <= std::max(columns.id, columns.status)) return list.refuse(line, "it has fewer columns than the heading");
    const auto& id = words[columns.id];
    if (!parse_number<std::uint32_t>(id) && id.find('-') == std::string::npos) return list.refuse(line, "its CTID is none");
    const auto known = std::find_if(states.begin(), states.end(), [&](const auto& one) { return one.first == words[columns.status]; });
    if (known == states.end()) return list.add_unknown(id, line, "its status is none of a container");
    GuestState state;
    state.value = known->second;
    state.reason = known->first;
    // "-" when it has none.
    if (state.exists_here() && columns.address < words.size() && address_bytes(words[columns.address]))
        state.addresses.push_back(words[columns.address]);
    list.add(id, std::move(state));
}

/// NAME="value" or NAME=value
std::optional<std::pair<std::string, std::string>> setting_of(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0 || line.find_first_of(" \t\"'") < equals) return std::nullopt;
    const auto words = split_command(line.substr(equals + 1));
    if (!words || words->size() > 1) return std::nullopt;
    return std::pair(std::string(line.substr(0, equals)), words->empty() ? std::string() : words->front());
}

/// Of BARRIER:LIMIT the limit; 0 when there is none.
std::optional<std::uint64_t> limit_of(std::string_view text) {
    const auto limit = text.substr(text.find(':') + 1);
    if (limit == "unlimited") return 0;
    return parse_memory(limit);
}

std::string keep(ContainerFile& file, const std::string& name, const std::string& value) {
    if (name == "ONBOOT") {
        const auto on = parse_boolean(value);
        if (!on) return "ONBOOT is neither yes nor no";
        file.onboot = *on;
    } else if (name == "CPUS") {
        const auto count = parse_number<std::uint16_t>(value);
        if (!count) return "CPUS is no number";
        file.vcpus = *count;
    } else if (name == "PHYSPAGES") {
        const auto memory = limit_of(value);
        if (!memory) return "PHYSPAGES is no size";
        file.memory_kib = *memory;
    } else if (name == "VE_PRIVATE") {
        file.private_area = value;
    }
    return {};
}

}  // namespace

tools::GuestList parse_containers(std::string_view text) {
    tools::GuestList list;
    const auto lines = tools::lines_of(text);
    const auto heading = lines.empty() ? std::vector<std::string>() : split_words(lines.front().text);
    // Before 4.0 containers were called virtual environments.
    const auto id = std::min(column(heading, "CTID"), column(heading, "VEID"));
    const auto status = column(heading, "STATUS");
    if (id == heading.size() || status == heading.size()) {
        list.refuse(lines.empty() ? Line{1, ""} : lines.front(), "a heading with CTID and STATUS is expected");
        return list;
    }
    for (std::size_t at = 1; at < lines.size(); ++at) read_container(list, lines[at], {id, status, column(heading, "IP_ADDR")});
    return list;
}

std::optional<std::uint64_t> parse_memory(std::string_view text) {
    std::uint64_t unit = page_kib;
    if (!text.empty()) {
        const auto letters = std::string_view("KMGT");
        if (const auto at = letters.find(text.back()); at != std::string_view::npos) {
            unit = std::uint64_t(1) << (10 * at);
            text.remove_suffix(1);
        }
    }
    const auto number = tools::parse_decimal(text);
    constexpr double most = 1e15;  // KiB; a number above it is no size of a memory, but 2^63-1 stands for none
    if (!number) return std::nullopt;
    const double kib = *number * static_cast<double>(unit);
    return kib > most ? 0 : static_cast<std::uint64_t>(std::llround(kib));
}

tl::expected<ContainerFile, std::string> parse_container_file(std::string_view text) {
    ContainerFile file;
    for (const Line& line : tools::lines_of(text)) {
        const auto content = trimmed(line.text);
        if (content.starts_with('#')) continue;
        const auto setting = setting_of(content);
        if (!setting) return tl::unexpected(not_understood(line, "NAME=\"value\" is expected"));
        const auto problem = keep(file, setting->first, setting->second);
        if (!problem.empty()) return tl::unexpected(not_understood(line, problem));
    }
    return file;
}

}  // namespace svcmgr::vz
