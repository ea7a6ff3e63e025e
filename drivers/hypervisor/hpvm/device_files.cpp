#include "drivers/hypervisor/hpvm/device_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "drivers/hypervisor/tools/lines.h"
#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::hpvm {

namespace {

using tools::Line;
using tools::lines_of;
using tools::not_understood;

constexpr const char* hpvmdevmgmt_path = "/opt/hpvm/bin/hpvmdevmgmt";

bool is_device(std::string_view text) {
    return text.starts_with("/dev/") && text.find_first_of(" \t") == std::string_view::npos;
}

bool is_wwid(std::string_view text) {
    return text.starts_with("0x") && text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

/// The two parts around the only colon.
std::optional<std::pair<std::string_view, std::string_view>> pair_of(std::string_view line) {
    const auto fields = split(trimmed(line), ':');
    if (fields.size() != 2) return std::nullopt;
    return std::pair(fields[0], fields[1]);
}

std::optional<bool> yes_or_no(std::string_view word) {
    if (word == "YES") return true;
    if (word == "NO") return false;
    return std::nullopt;
}

}  // namespace

Read<DeviceIds> parse_mksf(std::string_view text) {
    DeviceIds ids;
    for (const Line& line : lines_of(text)) {
        const auto pair = pair_of(line.text);
        if (!pair || !is_device(pair->first) || !is_wwid(pair->second))
            return tl::unexpected(not_understood(line, "DEVICE:WWID is expected"));
        ids[std::string(pair->first)] = pair->second;
    }
    return ids;
}

std::string mksf_text(const DeviceIds& ids) {
    std::string text;
    for (const auto& [device, wwid] : ids) text += fmt::format("{}:{}\n", device, wwid);
    return text;
}

Read<DeviceShares> parse_shares(std::string_view text) {
    DeviceShares shares;
    for (const Line& line : lines_of(text)) {
        const auto pair = pair_of(line.text);
        const auto shared = pair ? yes_or_no(pair->second) : std::nullopt;
        if (!shared || !is_device(pair->first)) return tl::unexpected(not_understood(line, "DEVICE:YES or DEVICE:NO is expected"));
        shares[std::string(pair->first)] = *shared;
    }
    return shares;
}

std::string shares_text(const DeviceShares& shares) {
    std::string text;
    for (const auto& [device, shared] : shares) text += fmt::format("{}:{}\n", device, shared ? "YES" : "NO");
    return text;
}

Read<std::vector<Path>> parse_device_files(std::string_view text) {
    std::vector<Path> devices;
    for (const Line& line : lines_of(text)) {
        const auto device = trimmed(line.text.substr(0, line.text.find(':')));
        if (!is_device(device)) return tl::unexpected(not_understood(line, "its first field is no device file"));
        if (device.starts_with("/dev/rdisk/")) devices.emplace_back(device);
    }
    return devices;
}

Read<std::string> parse_wwid(std::string_view text) {
    const auto lines = lines_of(text);
    if (lines.size() != 1 || !is_wwid(trimmed(lines.front().text)))
        return tl::unexpected(lines.empty() ? std::string("nothing was printed")
                                            : not_understood(lines.back(), "a wwid alone is expected"));
    return std::string(trimmed(lines.front().text));
}

Read<std::map<std::string, unsigned>> parse_instances(std::string_view text) {
    std::map<std::string, unsigned> instances;
    for (const Line& line : lines_of(text)) {
        const auto pair = pair_of(line.text);
        const auto instance = pair ? parse_number<unsigned>(pair->second) : std::nullopt;
        if (!instance) return tl::unexpected(not_understood(line, "WWID:INSTANCE is expected"));
        // LUNs of local adapters may have none.
        if (is_wwid(pair->first)) instances[std::string(pair->first)] = *instance;
    }
    return instances;
}

Read<DeviceShares> parse_managed(std::string_view text) {
    DeviceShares managed;
    for (const Line& line : lines_of(text)) {
        const auto colon = line.text.find(':');
        if (colon == std::string_view::npos || line.text.find('=', colon) == std::string_view::npos)
            return tl::unexpected(not_understood(line, "DEVICE:ATTRIBUTE=VALUE,… is expected"));
        const auto attributes = split_filled(line.text.substr(colon + 1), ',');
        const auto has = [&](std::string_view word) { return std::find(attributes.begin(), attributes.end(), word) != attributes.end(); };
        if (!has("DEVTYPE=DISK") && !has("DEVTYPE=FILE")) continue;
        if (has("SHARE=YES") == has("SHARE=NO")) return tl::unexpected(not_understood(line, "it says neither SHARE=YES nor SHARE=NO"));
        for (const auto& device : split_filled(line.text.substr(0, colon), ',')) managed[std::string(trimmed(device))] = has("SHARE=YES");
    }
    return managed;
}

Read<std::vector<Argv>> mksf_commands(const DeviceIds& wanted, const std::map<std::string, unsigned>& instances,
                                      const std::map<Path, bool>& exists) {
    std::vector<Argv> commands;
    for (const auto& [device, wwid] : wanted) {
        const auto known = exists.find(device);
        if (known != exists.end() && known->second) continue;
        const auto instance = instances.find(wwid);
        if (instance == instances.end()) return tl::unexpected(fmt::format("the LUN {} of {} is not seen by this host", wwid, device));
        commands.push_back({"mksf", "-r", "-C", "disk", "-I", std::to_string(instance->second), device});
    }
    return commands;
}

std::vector<Argv> share_commands(const DeviceShares& wanted, const DeviceShares& managed) {
    std::vector<Argv> commands;
    for (const auto& [device, shared] : wanted) {
        const auto known = managed.find(device);
        if (known == managed.end()) commands.push_back({hpvmdevmgmt_path, "-a", "gdev:" + device});
        // A device that is added is not shared.
        if (shared != (known != managed.end() && known->second))
            commands.push_back({hpvmdevmgmt_path, "-m", fmt::format("gdev:{}:attr:SHARE={}", device, shared ? "YES" : "NO")});
    }
    return commands;
}

}  // namespace svcmgr::hpvm
