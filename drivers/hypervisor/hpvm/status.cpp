#include "drivers/hypervisor/hpvm/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "drivers/numbers.h"
#include "drivers/options.h"
#include "drivers/process/first_line.h"

namespace svcmgr::hpvm {

namespace {

using Value = GuestState::Value;

constexpr std::size_t name_field = 0;
constexpr std::size_t state_field = 10;
constexpr std::size_t boot_field = 11;
constexpr std::size_t vcpus_field = 19;
constexpr std::size_t memory_field = 20;

/// "On", "Off", and either with what the guest is at: "On (OS)", "On (EFI)".
std::optional<Value> value_of(std::string_view text) {
    const auto word = trimmed(text.substr(0, text.find('(')));
    if (text.find('(') != std::string_view::npos && !trimmed(text).ends_with(')')) return std::nullopt;
    if (word == "On") return Value::running;
    if (word == "Off") return Value::stopped;
    return std::nullopt;
}

std::string_view before_semicolon(std::string_view field) {
    return trimmed(field.substr(0, field.find(';')));
}

/// "4GB", "512MB"; in KiB.
std::optional<std::uint64_t> memory_of(std::string_view text) {
    const bool giga = text.ends_with("GB");
    if (!giga && !text.ends_with("MB")) return std::nullopt;
    const auto number = parse_number<std::uint32_t>(trimmed(text.substr(0, text.size() - 2)));
    if (!number) return std::nullopt;
    return std::uint64_t(*number) * (giga ? 1024 * 1024 : 1024);
}

bool says_nothing_is_configured(std::string_view line) {
    return line.find("No vPars or VMs currently configured") != std::string_view::npos;
}

void read_record(tools::GuestList& list, const tools::Line& line) {
    const auto fields = split(line.text, ':');
    if (fields.size() <= memory_field) return list.refuse(line, "a record of hpvmstatus -M has more than 20 fields");
    const auto name = trimmed(fields[name_field]);
    if (name.empty() || name.find_first_of(" \t[]") != std::string_view::npos)
        return list.refuse(line, "its first field is no guest's name");
    const auto value = value_of(fields[state_field]);
    if (!value) return list.add_unknown(name, line, "its field 10 is neither On nor Off");
    const auto vcpus = parse_number<std::uint16_t>(before_semicolon(fields[vcpus_field]));
    if (!vcpus) return list.add_unknown(name, line, "its field 19 has no number of vcpus");
    const auto memory = memory_of(before_semicolon(fields[memory_field]));
    if (!memory) return list.add_unknown(name, line, "its field 20 has no memory in MB or GB");

    GuestState state;
    state.value = *value;
    state.reason = first_line(fields[state_field]);
    state.vcpus = *vcpus;
    state.memory_kib = *memory;
    if (const auto boot = trimmed(fields[boot_field]); boot != "Manual")
        state.warnings.push_back(
            fmt::format("autostart is on (boot policy {}): set it to Manual with hpvmmodify -P {} -B manual", first_line(boot), name));
    list.add(name, std::move(state));
}

std::optional<GuestDisk::Kind> kind_of(std::string_view storage) {
    if (storage == "disk") return GuestDisk::Kind::block;
    if (storage == "lv") return GuestDisk::Kind::volume;
    if (storage == "file") return GuestDisk::Kind::file;
    return std::nullopt;
}

/// Nothing for a drive without anything in it.
tl::expected<std::optional<GuestDisk>, std::string> disk_of(const tools::Line& line, const std::vector<std::string_view>& fields) {
    if (fields.size() < 5) return tl::unexpected(tools::not_understood(line, "a disk has five fields"));
    if (fields[3] == "null") return std::nullopt;
    const auto kind = kind_of(fields[3]);
    if (!kind) return tl::unexpected(tools::not_understood(line, "its fourth field is no storage"));
    if (!fields[4].starts_with('/')) return tl::unexpected(tools::not_understood(line, "its fifth field is no path"));
    GuestDisk disk;
    disk.kind = *kind;
    disk.source = fields[4];
    disk.target = fields[2];
    disk.bus = fields[1];
    disk.device = fields[0] == "disk" ? "disk" : "cdrom";
    return disk;
}

}  // namespace

tools::GuestList parse_status(std::string_view text) {
    tools::GuestList list;
    for (const auto& line : tools::lines_of(text))
        if (!says_nothing_is_configured(line.text)) read_record(list, line);
    return list;
}

tl::expected<std::vector<GuestDisk>, std::string> parse_devices(std::string_view text) {
    constexpr std::array<std::string_view, 6> others = {"network", "serial", "tape", "changer", "burner", "hba"};
    std::vector<GuestDisk> disks;
    for (const auto& line : tools::lines_of(text)) {
        if (line.text.starts_with('[') && trimmed(line.text).ends_with(']')) continue;  // "[Storage Interface Details]"
        const auto fields = split(line.text, ':');
        if (std::find(others.begin(), others.end(), fields.front()) != others.end()) continue;
        if (fields.front() != "disk" && fields.front() != "dvd")
            return tl::unexpected(tools::not_understood(line, "its first field is no device of a guest"));
        auto disk = disk_of(line, fields);
        if (!disk) return tl::unexpected(disk.error());
        if (*disk) disks.push_back(std::move(**disk));
    }
    return disks;
}

tl::expected<std::vector<std::string>, std::string> parse_vswitches(std::string_view text) {
    std::vector<std::string> names;
    for (const auto& line : tools::lines_of(text)) {
        const auto fields = split(trimmed(line.text), ':');
        if (fields.front() != "network") continue;
        if (fields.size() < 5 || fields[4].empty()) return tl::unexpected(tools::not_understood(line, "a network has five fields"));
        if (fields[3] == "vswitch" && std::ranges::find(names, fields[4]) == names.end()) names.emplace_back(fields[4]);
    }
    return names;
}

tl::expected<std::string, std::string> parse_vswitch_state(std::string_view text, std::string_view name) {
    const auto lines = tools::lines_of(text);
    if (lines.empty()) return tl::unexpected(std::string("nothing was printed"));
    const auto heading = split_words(lines.front().text);
    if (heading.size() < 3 || heading[0] != "Name" || heading[2] != "State")
        return tl::unexpected(tools::not_understood(lines.front(), "Name, Number and State are expected"));
    for (const auto& line : lines)
        if (const auto words = split_words(line.text); words.size() >= 3 && words[0] == name) return words[2];
    return tl::unexpected(fmt::format("no line is of {}", name));
}

}  // namespace svcmgr::hpvm
