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
constexpr std::array<std::pair<std::string_view, Value>, 25> states = {{
    {"powered off", Value::stopped},
    {"saved", Value::stopped},
    {"aborted", Value::stopped},
    {"aborted-saved", Value::stopped},
    {"teleported", Value::stopped},
    {"running", Value::running},
    {"live snapshotting", Value::running},
    {"online snapshotting", Value::running},
    {"deleting snapshot live", Value::running},
    {"paused", Value::paused},
    {"deleting snapshot live paused", Value::paused},
    {"teleporting paused vm", Value::paused},
    {"gurumeditation", Value::crashed},
    {"guru meditation", Value::crashed},
    {"starting", Value::changing},
    {"stopping", Value::changing},
    {"saving", Value::changing},
    {"restoring", Value::changing},
    {"teleporting", Value::changing},
    {"teleporting (incoming)", Value::changing},
    {"snapshotting", Value::changing},
    {"offline snapshotting", Value::changing},
    {"restoring snapshot", Value::changing},
    {"deleting snapshot", Value::changing},
    {"setting up", Value::changing},
}};

/// Of the chipset that has the most.
constexpr int most_interfaces = 36;

/// "Memory size:     855MB" -> "855MB"; a blank stands for the colon where a version forgot it ("Memory size      855MB", 5.2 to 6.1).
std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
    if (!line.starts_with(key)) return std::nullopt;
    line.remove_prefix(key.size());
    if (!line.starts_with(':') && !line.starts_with("  ")) return std::nullopt;
    line.remove_prefix(1);
    return trimmed(line);
}

/// Whether a line stands below the name of a machine: whether it is encrypted (7.0), its groups (4.2), its system. Other things than
/// machines have names, too.
bool follows_name(std::string_view line) {
    return line.starts_with("Encryption:") || line.starts_with("Groups:") || line.starts_with("Guest OS:");
}

bool begins_machine(const std::vector<Line>& lines, std::size_t at) {
    return at + 1 < lines.size() && lines[at].text.starts_with("Name:") && follows_name(lines[at + 1].text);
}

/// A line of a machine's paragraph, and what it says.
struct Field {
    const Line* line = nullptr;
    std::string_view value;
};

/// The first one of a key: what comes later, a description say, may look like one.
Field first(const std::vector<Line>& lines, std::size_t begin, std::size_t end, std::string_view key) {
    for (std::size_t at = begin; at < end; ++at)
        if (const auto value = value_of(lines[at].text, key)) return {&lines[at], *value};
    return {};
}

/// Calls `take` with the first line of each machine's paragraph and the line behind its last one. What stands before the first is one, too.
template <typename Take>
void each_paragraph(const std::vector<Line>& lines, const Take& take) {
    for (std::size_t begin = 0; begin < lines.size();) {
        std::size_t end = begin + 1;
        while (end < lines.size() && !begins_machine(lines, end)) ++end;
        take(begin, end);
        begin = end;
    }
}

/// "MAC: 08002750DAF7, Attachment: Bridged Interface 'eth0', Cable connected: on, …" -> "eth0"; empty of another attachment.
std::string bridged_to(std::string_view interface) {
    constexpr std::string_view before = "Attachment: Bridged Interface '", behind = "', Cable connected:";
    const auto at = interface.find(before);
    if (at == std::string_view::npos) return {};
    interface.remove_prefix(at + before.size());
    return std::string(interface.substr(0, interface.find(behind)));
}

/// Versions before 4.2 start nothing by themselves, and have no such line.
void read_autostart(GuestState& state, const Field& field) {
    if (field.line == nullptr || field.value == "off" || field.value == "disabled") return;
    if (field.value == "on" || field.value == "enabled")
        state.warnings.push_back(
            "autostart is on: VirtualBox's autostart service starts it by itself; switch it off with "
            "VBoxManage modifyvm MACHINE --autostart-enabled off");
    else
        state.warnings.push_back(fmt::format("whether autostart is on can't be told: {}",
                                             tools::not_understood(*field.line, "enabled or disabled is expected")));
}

void read_machine(tools::GuestList& list, const std::vector<Line>& lines, std::size_t begin, std::size_t end) {
    const auto name = value_of(lines[begin].text, "Name").value_or("");
    if (name.empty()) return list.refuse(lines[begin], "a machine without a name");
    const Field said = first(lines, begin, end, "State");
    const Field size = first(lines, begin, end, "Memory size");
    const Field count = first(lines, begin, end, "Number of CPUs");
    if (said.line == nullptr || size.line == nullptr || count.line == nullptr)
        return list.add_unknown(name, lines[begin], "its paragraph has no State, Memory size or Number of CPUs");

    const auto word = trimmed(said.value.substr(0, said.value.find(" (since ")));
    const auto known = std::find_if(states.begin(), states.end(), [&](const auto& one) { return one.first == word; });
    if (known == states.end()) return list.add_unknown(name, *said.line, "it is no state of a machine");
    const auto memory =
        size.value.ends_with("MB") ? parse_number<std::uint32_t>(trimmed(size.value.substr(0, size.value.size() - 2))) : std::nullopt;
    if (!memory) return list.add_unknown(name, *size.line, "a size in MB is expected");
    const auto vcpus = parse_number<std::uint16_t>(count.value);
    if (!vcpus) return list.add_unknown(name, *count.line, "a number is expected");

    GuestState state;
    state.value = known->second;
    state.reason = known->first;
    state.vcpus = *vcpus;
    state.memory_kib = std::uint64_t(*memory) * 1024;
    read_autostart(state, first(lines, begin, end, "Autostart Enabled"));
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

/// Of a machine and of its snapshots descriptions alone may have several lines; VideoMode="1288,790,32"@0,0 1 has one, and ends so.
bool goes_on(const std::string& key, std::string_view value) {
    return lower_case(key).find("description") != std::string::npos && value.starts_with('"') &&
           (value.size() < 2 || !value.ends_with('"'));
}

}  // namespace

tools::GuestList parse_machines(std::string_view text) {
    tools::GuestList list;
    const auto lines = tools::lines_of(text);
    each_paragraph(lines, [&](std::size_t begin, std::size_t end) {
        if (begins_machine(lines, begin))
            read_machine(list, lines, begin, end);
        else
            list.refuse(lines[begin], "a machine begins with its Name, and Encryption, Groups or Guest OS below it");
    });
    return list;
}

std::vector<std::string> bridged_adapters(std::string_view text, std::string_view machine) {
    std::vector<std::string> names;
    const auto lines = tools::lines_of(text);
    each_paragraph(lines, [&](std::size_t begin, std::size_t end) {
        if (!begins_machine(lines, begin) || value_of(lines[begin].text, "Name") != machine) return;
        for (int number = 1; number <= most_interfaces; ++number)
            if (auto name = bridged_to(first(lines, begin, end, fmt::format("NIC {}", number)).value); !name.empty())
                if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    });
    return names;
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
        info[key] = goes_on(key, value) ? std::string(value) : std::string(unquoted(value));
        if (goes_on(key, value)) open = key;
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
