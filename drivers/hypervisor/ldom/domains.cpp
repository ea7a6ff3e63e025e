#include "drivers/hypervisor/ldom/domains.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::ldom {

namespace {

using Value = GuestState::Value;
using tools::BarFields;
using tools::Line;
using tools::not_understood;

constexpr std::array<std::pair<std::string_view, Value>, 9> states = {{
    {"inactive", Value::stopped},
    {"bound", Value::stopped},
    {"active", Value::running},
    {"binding", Value::changing},
    {"unbinding", Value::changing},
    {"starting", Value::changing},
    {"stopping", Value::changing},
    {"resuming", Value::changing},
    {"suspended", Value::paused},
}};

bool is_version(std::string_view line) {
    return line.starts_with("VERSION ") && tools::parse_decimal(trimmed(line.substr(8))).has_value();
}

/// A number that may be missing: 0.
template <typename Number>
std::optional<Number> number_or_none(const BarFields& fields, std::string_view key) {
    const auto text = fields.value(key);
    return text.empty() ? std::optional<Number>(0) : parse_number<Number>(text);
}

void read_domain(tools::GuestList& list, const Line& line) {
    const auto fields = tools::bar_fields(line.text);
    if (!fields || fields->kind != "DOMAIN") return list.refuse(line, "DOMAIN|key=value|… is expected");
    const auto name = fields->value("name");
    if (name.empty()) return list.refuse(line, "it has no name");
    if (name == "primary") return;
    const auto known = std::find_if(states.begin(), states.end(), [&](const auto& one) { return one.first == fields->value("state"); });
    if (known == states.end()) return list.add_unknown(name, line, "its state is no state of a domain");
    const auto vcpus = number_or_none<std::uint16_t>(*fields, "ncpu");
    const auto memory = number_or_none<std::uint64_t>(*fields, "mem");
    if (!vcpus || !memory) return list.add_unknown(name, line, "its ncpu or mem is no number");

    GuestState state;
    state.value = known->second;
    state.reason = known->first;
    state.vcpus = *vcpus;
    state.memory_kib = *memory / 1024;
    if (known->first == "bound")
        state.warnings.push_back(
            fmt::format("it is bound: its processors, memory and disks are kept from others until: ldm unbind {}", name));
    list.add(name, std::move(state));
}

/// Disks are known to the SCSI tools by their raw device, and as a whole by its slice 2.
Path raw_device(Path device) {
    constexpr std::string_view block = "/dev/dsk/";
    if (!device.starts_with(block)) return device;
    device = "/dev/rdsk/" + device.substr(block.size());
    const auto slice = device.rfind('s');
    const bool has_slice = slice != std::string::npos && parse_number<unsigned>(std::string_view(device).substr(slice + 1)).has_value();
    return has_slice ? device : device + "s2";
}

GuestDisk disk_of(const BarFields& fields, const Volume& volume) {
    GuestDisk disk;
    disk.source = raw_device(volume.device);
    disk.kind = disk.source.starts_with("/dev/rdsk/") ? GuestDisk::Kind::block
                : disk.source.starts_with("/dev/")    ? GuestDisk::Kind::volume
                                                      : GuestDisk::Kind::file;
    disk.target = fields.value("name");
    disk.device = volume.device.ends_with(".iso") ? "cdrom" : "disk";
    disk.readonly = volume.readonly;
    return disk;
}

}  // namespace

tools::GuestList parse_domains(std::string_view text) {
    tools::GuestList list;
    const auto lines = tools::lines_of(text);
    if (lines.empty()) list.refuse({1, ""}, "ldm list -p begins with its version");
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (at > 0)
            read_domain(list, lines[at]);
        else if (!is_version(lines[at].text))
            list.refuse(lines[at], "ldm list -p begins with its version");
    }
    return list;
}

tl::expected<bool, std::string> parse_auto_boot(std::string_view text) {
    const auto lines = tools::lines_of(text);
    if (lines.size() == 1) {
        const auto line = lower_case(trimmed(lines.front().text));
        if (line == "auto-boot?=true") return true;
        if (line == "auto-boot?=false") return false;
    }
    return tl::unexpected(not_understood(lines.empty() ? Line{1, ""} : lines.back(), "auto-boot?=true or =false is expected"));
}

tl::expected<std::map<std::string, Volume, std::less<>>, std::string> parse_services(std::string_view text) {
    std::map<std::string, Volume, std::less<>> volumes;
    std::string service;
    std::string server;
    for (const Line& line : tools::lines_of(text)) {
        if (is_version(line.text)) continue;
        const auto fields = tools::bar_fields(line.text);
        if (!fields) return tl::unexpected(not_understood(line, "key=value between bars is expected"));
        if (!fields->kind.empty()) {
            service = fields->kind;
            server = fields->value("name");
            if (service == "VDS" && server.empty()) return tl::unexpected(not_understood(line, "a disk server without a name"));
        } else if (service == "VDS") {
            const auto volume = fields->value("vol");
            const auto device = fields->value("dev");
            if (volume.empty() || !device.starts_with('/')) return tl::unexpected(not_understood(line, "a volume has vol= and dev=/…"));
            const auto options = split_filled(fields->value("opts"), ',');
            volumes[fmt::format("{}@{}", volume, server)] = {Path(device),
                                                             std::find(options.begin(), options.end(), "ro") != options.end()};
        }
    }
    return volumes;
}

tl::expected<std::vector<GuestDisk>, std::string> parse_disks(std::string_view text,
                                                              const std::map<std::string, Volume, std::less<>>& volumes) {
    std::vector<GuestDisk> disks;
    for (const Line& line : tools::lines_of(text)) {
        if (is_version(line.text)) continue;
        const auto fields = tools::bar_fields(line.text);
        if (!fields) return tl::unexpected(not_understood(line, "key=value between bars is expected"));
        if (fields->kind == "DOMAIN") continue;
        if (fields->kind != "VDISK") return tl::unexpected(not_understood(line, "it is neither DOMAIN nor VDISK"));
        const auto volume = volumes.find(fields->value("vol"));
        if (volume == volumes.end()) return tl::unexpected(not_understood(line, "no disk server has this volume"));
        disks.push_back(disk_of(*fields, volume->second));
    }
    return disks;
}

}  // namespace svcmgr::ldom
