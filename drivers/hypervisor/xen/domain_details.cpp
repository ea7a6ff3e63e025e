#include "drivers/hypervisor/xen/domain_details.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "drivers/network/address.h"
#include "drivers/options.h"

namespace svcmgr::xen {

namespace {

using Json = nlohmann::json;

/// The member, or null.
const Json& member(const Json& object, const char* key) {
    static const Json null;
    if (!object.is_object()) return null;
    const auto found = object.find(key);
    return found == object.end() ? null : *found;
}

std::string text(const Json& object, const char* key) {
    const Json& value = member(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

/// xl prints a number, or "True".
bool is_true(const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>() != 0;
    return value.is_string() && value.get<std::string>() == "True";
}

GuestDisk disk_of(const Json& value) {
    GuestDisk disk;
    disk.source = text(value, "pdev_path");
    disk.kind = disk.source.starts_with("/dev/") ? GuestDisk::Kind::block
                : disk.source.starts_with('/')   ? GuestDisk::Kind::file
                                                 : GuestDisk::Kind::other;
    disk.target = text(value, "vdev");
    disk.device = is_true(member(value, "is_cdrom")) ? "cdrom" : "disk";
    disk.bus = disk.target.starts_with("hd") ? "ide" : disk.target.starts_with("sd") ? "scsi" : "xen";
    disk.readonly = !is_true(member(value, "readwrite"));
    return disk;
}

}  // namespace

tl::expected<std::vector<GuestDisk>, std::string> parse_live_disks(std::string_view json, const std::string& name) {
    const Json all = Json::parse(json, nullptr, false);
    if (!all.is_array() || all.size() != 1)
        return tl::unexpected(fmt::format("xl list -l {} does not print a list with one domain in JSON", name));
    const Json& config = member(all.front(), "config");
    if (text(member(config, "c_info"), "name") != name)
        return tl::unexpected(fmt::format("xl list -l {} prints the domain '{}'", name, text(member(config, "c_info"), "name")));
    const Json& disks = member(config, "disks");
    std::vector<GuestDisk> result;
    if (disks.is_null()) return result;
    if (!disks.is_array()) return tl::unexpected(fmt::format("xl list -l {} prints no list of disks", name));
    for (const Json& disk : disks) {
        if (text(disk, "vdev").empty()) return tl::unexpected(fmt::format("xl list -l {} prints a disk without vdev", name));
        result.push_back(disk_of(disk));
    }
    return result;
}

Adapters parse_adapters(std::string_view json, const std::string& name) {
    Adapters adapters;
    const Json all = Json::parse(json, nullptr, false);
    if (!all.is_array() || all.size() != 1) return adapters;
    const Json& config = member(all.front(), "config");
    const Json& nics = member(config, "nics");
    if (text(member(config, "c_info"), "name") != name || !nics.is_array()) return adapters;
    for (const Json& nic : nics) {
        if (auto mac = lower_case(text(nic, "mac")); !mac.empty()) adapters.macs.push_back(std::move(mac));
        // Several are separated by blanks; a prefix length may follow.
        for (const auto& word : split_words(text(nic, "ip")))
            if (auto address = word.substr(0, word.find('/')); address_bytes(address)) adapters.addresses.push_back(std::move(address));
    }
    return adapters;
}

std::vector<GuestDisk> merge_disks(std::vector<GuestDisk> live, const std::vector<GuestDisk>& stored) {
    const std::size_t count = live.size();
    for (const GuestDisk& disk : stored) {
        const auto end = live.begin() + static_cast<std::ptrdiff_t>(count);
        if (std::none_of(live.begin(), end, [&](const GuestDisk& one) { return one.target == disk.target; })) live.push_back(disk);
    }
    return live;
}

}  // namespace svcmgr::xen
