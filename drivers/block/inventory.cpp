#include "drivers/block/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "drivers/block/sysfs.h"

namespace svcmgr {

namespace {

bool is_hex(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::string lower_case(std::string text) {
    for (char& letter : text)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return text;
}

/// "ATA     disk  1" -> "ATA_disk_1", as scsi_id prints identifiers.
std::string without_blanks(std::string_view text) {
    std::string result;
    for (const char letter : text)
        if (letter != ' ' || (!result.empty() && result.back() != '_')) result += letter == ' ' ? '_' : letter;
    return result;
}

std::string local_id(std::string_view nodename, std::string_view identifier) {
    return fmt::format("{}.{}", nodename, without_blanks(identifier));
}

std::string path_id(std::string_view nodename, Path path) {
    for (const auto* prefix : {"/dev/", "/"})
        if (path.starts_with(prefix)) {
            path.erase(0, std::string_view(prefix).size());
            break;
        }
    std::replace(path.begin(), path.end(), '/', '!');
    return fmt::format("{}.{}", nodename, path);
}

/// The digits of an identifier in scsi_id's form, of a kind that is unique in the world: NAA (3) with 16 or 32 digits, EUI-64 (2) with 16,
/// 24 or 32.
std::optional<std::string> digits_of_scsi_id(std::string_view identifier) {
    if (identifier.empty() || !is_hex(identifier)) return std::nullopt;
    const auto digits = identifier.substr(1);
    const bool naa = identifier[0] == '3' && (digits.size() == 16 || digits.size() == 32);
    const bool eui = identifier[0] == '2' && (digits.size() == 16 || digits.size() == 24 || digits.size() == 32);
    if (!naa && !eui) return std::nullopt;
    return lower_case(std::string(digits));
}

/// The WWID of a multipath map, or of a partition of one ("part1-mpath-3600…"); empty for other maps.
std::string multipath_wwid(const SysfsBlock& device) {
    auto uuid = device.text("dm/uuid");
    if (uuid.starts_with("part")) uuid.erase(0, uuid.find('-') + 1);
    if (uuid.starts_with("mpath-")) return uuid.substr(std::string_view("mpath-").size());
    const auto name = device.text("dm/name");
    return uuid.empty() && digits_of_scsi_id(name) ? name : "";
}

/// The id that the device itself has; empty when it has none.
std::string own_id(const SysfsBlock& device, std::string_view nodename) {
    if (const auto wwid = multipath_wwid(device); !wwid.empty()) return digits_of_scsi_id(wwid).value_or(local_id(nodename, wwid));
    auto wwid = device.text("wwid");  // nvme
    if (wwid.empty()) wwid = device.text("device/wwid");
    if (wwid.empty()) return {};
    for (const std::string_view prefix : {"naa.", "eui.", "uuid."})
        if (wwid.starts_with(prefix) && wwid.size() > prefix.size()) return lower_case(wwid.substr(prefix.size()));
    return wwid.starts_with("nvme.") ? wwid : local_id(nodename, wwid);
}

std::string vendor_of(const SysfsBlock& disk) {
    const auto vendor = disk.text("device/vendor");
    // A number is a vendor of the bus's; these are virtio's (contract.md 8.2).
    if (vendor == "0x1af4" || vendor == "0x6900") return "Red Hat";
    return vendor.starts_with("0x") ? "" : vendor;
}

std::string model_of(const SysfsBlock& disk) {
    return vendor_of(disk) == "Red Hat" ? "VirtIO" : disk.text("device/model");
}

std::string serial_of(const SysfsBlock& disk) {
    for (const auto* attribute : {"serial", "device/serial"})
        if (const auto serial = disk.text(attribute); !serial.empty()) return serial;
    // SPC-4, 7.8.15: the unit serial number page has a header of four bytes.
    const auto page = disk.raw("device/vpd_pg80");
    return page.size() > 4 && page[1] == '\x80' ? printable(std::string_view(page).substr(4)) : "";
}

using Disks = std::map<std::string, SysfsBlock>;

void collect_disks(const SysfsBlock& device, Disks& disks, std::set<std::string>& seen) {
    if (!seen.insert(device.name()).second) return;
    if (const auto whole = device.whole_disk()) return collect_disks(*whole, disks, seen);
    for (const auto& slave : device.slaves()) collect_disks(slave, disks, seen);
    if (!device.is_virtual()) disks.emplace(device.name(), device);
}

Disks disks_below(const SysfsBlock& device) {
    Disks disks;
    std::set<std::string> seen;
    collect_disks(device, disks, seen);
    return disks;
}

/// What all the disks say alike; else empty.
template <typename Ask>
std::string common(const Disks& disks, const Ask& ask) {
    std::set<std::string> answers;
    for (const auto& [name, disk] : disks) answers.insert(ask(disk));
    return answers.size() == 1 ? *answers.begin() : "";
}

BlockFacts device_facts(const SysfsBlock& device, std::string_view nodename, const Path& source) {
    const auto disk = device.whole_disk().value_or(device);
    const auto disks = disks_below(device);
    BlockFacts facts;
    facts.kernel_name = device.name();
    facts.size = device.size();
    if (device.is_partition()) {
        facts.region = "part" + device.text("partition");
        facts.disk_size = disk.size();
    }
    // kpartx's: "part1-mpath-3600…".
    if (const auto uuid = device.text("dm/uuid"); uuid.starts_with("part") && !multipath_wwid(device).empty()) {
        facts.region = uuid.substr(0, uuid.find('-'));
        if (const auto below = device.slaves(); !below.empty()) facts.disk_size = below.front().size();
    }
    if (disk.is_virtual()) facts.volume = disk.text("dm/name").empty() ? disk.name() : disk.text("dm/name");
    facts.id = own_id(disk, nodename);
    if (facts.id.empty()) facts.id = path_id(nodename, source);
    facts.vendor = common(disks, vendor_of);
    facts.model = common(disks, model_of);
    facts.serial = common(disks, serial_of);
    for (const auto& [name, found] : disks) facts.physical_disks.push_back(name);
    facts.backing_file = device.raw("loop/backing_file");
    while (facts.backing_file.ends_with('\n')) facts.backing_file.pop_back();
    return facts;
}

}  // namespace

BlockFacts block_facts(const Files& files, std::string_view nodename, const Path& source) {
    BlockFacts facts;
    facts.id = path_id(nodename, source);
    const auto found = files.facts(source);
    if (!found) {
        facts.problem = found.error().reason;
        return facts;
    }
    if (found->kind == FileFacts::Kind::file) {
        facts.size = found->size;
        return facts;
    }
    if (found->kind != FileFacts::Kind::block_device) {
        facts.problem = "is neither a block device nor a file";
        return facts;
    }
    if (const auto device = SysfsBlock::by_number(files, found->device)) return device_facts(*device, nodename, source);
    facts.problem = "the kernel has no block device of this number any more";
    return facts;
}

}  // namespace svcmgr
