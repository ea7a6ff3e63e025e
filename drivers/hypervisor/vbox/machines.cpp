#include "drivers/hypervisor/vbox/machines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "drivers/numbers.h"
#include "drivers/options.h"
#include "drivers/process/first_line.h"

namespace svcmgr::vbox {

namespace {

using Value = GuestState::Value;
using tools::Line;

// The states of IMachine (MachineState) as VBoxManage words them.
constexpr std::array<std::pair<std::string_view, Value>, 14> states = {{
    {"powered off", Value::stopped},
    {"saved", Value::stopped},
    {"aborted", Value::stopped},
    {"aborted-saved", Value::stopped},
    {"teleported", Value::stopped},
    {"running", Value::running},
    {"live snapshotting", Value::running},
    {"paused", Value::paused},
    {"gurumeditation", Value::crashed},
    {"guru meditation", Value::crashed},
    {"starting", Value::changing},
    {"stopping", Value::changing},
    {"saving", Value::changing},
    {"restoring", Value::changing},
}};

/// "Memory size:     855MB" -> "Memory size", "855MB"
std::optional<std::pair<std::string_view, std::string_view>> field_of(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.starts_with(' ')) return std::nullopt;
    return std::pair(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
}

bool begins_machine(const std::vector<Line>& lines, std::size_t at) {
    if (at + 1 >= lines.size() || !lines[at].text.starts_with("Name:")) return false;
    const auto next = lines[at + 1].text;
    return next.starts_with("Groups:") || next.starts_with("Guest OS:");
}

/// The first line of a machine's paragraph that has a key: what comes later, a description say, may look like one.
const Line* first(const std::vector<Line>& lines, std::size_t begin, std::size_t end, std::string_view key) {
    for (std::size_t at = begin; at < end; ++at)
        if (const auto field = field_of(lines[at].text); field && field->first == key) return &lines[at];
    return nullptr;
}

void read_machine(tools::GuestList& list, const std::vector<Line>& lines, std::size_t begin, std::size_t end) {
    const auto name = field_of(lines[begin].text)->second;
    if (name.empty()) return list.refuse(lines[begin], "a machine without a name");
    const Line* state_line = first(lines, begin, end, "State");
    const Line* memory_line = first(lines, begin, end, "Memory size");
    const Line* vcpus_line = first(lines, begin, end, "Number of CPUs");
    if (state_line == nullptr || memory_line == nullptr || vcpus_line == nullptr)
        return list.add_unknown(name, lines[begin], "its paragraph has no State, Memory size or Number of CPUs");

    const auto said = field_of(state_line->text)->second;
    const auto word = trimmed(said.substr(0, said.find(" (since ")));
    const auto known = std::find_if(states.begin(), states.end(), [&](const auto& one) { return one.first == word; });
    if (known == states.end()) return list.add_unknown(name, *state_line, "it is no state of a machine");
    auto size = field_of(memory_line->text)->second;
    if (!size.ends_with("MB")) return list.add_unknown(name, *memory_line, "a size in MB is expected");
    const auto memory = parse_number<std::uint32_t>(size.substr(0, size.size() - 2));
    const auto vcpus = parse_number<std::uint16_t>(field_of(vcpus_line->text)->second);
    if (!memory) return list.add_unknown(name, *memory_line, "a size in MB is expected");
    if (!vcpus) return list.add_unknown(name, *vcpus_line, "a number is expected");

    GuestState state;
    state.value = known->second;
    state.reason = known->first;
    state.vcpus = *vcpus;
    state.memory_kib = std::uint64_t(*memory) * 1024;
    list.add(name, std::move(state));
}

std::string_view unquoted(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return text;
}

/// Where key and value meet: the `=` behind a quoted key, or the first one.
std::size_t equals_of(std::string_view line) {
    if (!line.starts_with('"')) return line.find('=');
    const auto quote = line.find("\"=", 1);
    return quote == std::string_view::npos ? quote : quote + 1;
}

/// A value that begins with a quote and ends on a later line: a description.
bool goes_on(std::string_view value) {
    return value.starts_with('"') && (value.size() < 2 || !value.ends_with('"'));
}

}  // namespace

tools::GuestList parse_machines(std::string_view text) {
    tools::GuestList list;
    const auto lines = tools::lines_of(text);
    std::size_t begin = 0;
    while (begin < lines.size()) {
        std::size_t end = begin + 1;
        while (end < lines.size() && !begins_machine(lines, end)) ++end;
        if (begins_machine(lines, begin))
            read_machine(list, lines, begin, end);
        else
            list.refuse(lines[begin], "a machine begins with its Name, and its Groups or Guest OS");
        begin = end;
    }
    return list;
}

tl::expected<MachineInfo, std::string> parse_info(std::string_view text) {
    MachineInfo info;
    std::string open;  // the key whose value goes on
    for (const Line& line : tools::lines_of(text)) {
        if (!open.empty()) {
            auto& value = info[open];
            value += '\n' + std::string(line.text);
            if (!line.text.ends_with('"')) continue;
            value = std::string(unquoted(value));
            open.clear();
            continue;
        }
        const auto equals = equals_of(line.text);
        if (equals == std::string_view::npos || equals == 0) return tl::unexpected(tools::not_understood(line, "key=value is expected"));
        const std::string key(unquoted(line.text.substr(0, equals)));
        const auto value = line.text.substr(equals + 1);
        info[key] = goes_on(value) ? std::string(value) : std::string(unquoted(value));
        if (goes_on(value)) open = key;
    }
    if (!open.empty()) return tl::unexpected(fmt::format("the value of {} does not end", first_line(open)));
    return info;
}

std::vector<GuestDisk> disks_of(const MachineInfo& info) {
    std::vector<GuestDisk> disks;
    for (int controller = 0; info.contains(fmt::format("storagecontrollername{}", controller)); ++controller) {
        const auto& name = info.at(fmt::format("storagecontrollername{}", controller));
        const auto type = info.find(fmt::format("storagecontrollertype{}", controller));
        for (const auto& [key, value] : info) {
            // "SATA-0-0"; not "SATA-ImageUUID-0-0"
            if (!key.starts_with(name + "-") || value.empty() || value == "none" || value == "emptydrive") continue;
            const auto place = split(std::string_view(key).substr(name.size() + 1), '-');
            if (place.size() != 2 || !parse_number<unsigned>(place[0]) || !parse_number<unsigned>(place[1])) continue;
            GuestDisk disk;
            disk.kind = value.starts_with('/') ? GuestDisk::Kind::file : GuestDisk::Kind::other;
            disk.source = value;
            disk.target = key;
            disk.bus = type == info.end() ? name : type->second;
            disk.device = lower_case(value).ends_with(".iso") || disk.kind == GuestDisk::Kind::other ? "cdrom" : "disk";
            disk.readonly = disk.device == "cdrom";
            const auto uuid = info.find(fmt::format("{}-ImageUUID-{}-{}", name, place[0], place[1]));
            if (uuid != info.end()) disk.serial = uuid->second;
            disks.push_back(std::move(disk));
        }
    }
    return disks;
}

}  // namespace svcmgr::vbox
