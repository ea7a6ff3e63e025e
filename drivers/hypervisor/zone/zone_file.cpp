#include "drivers/hypervisor/zone/zone_file.h"

#include <fmt/format.h>

#include <pugixml.hpp>

#include "drivers/network/address.h"
#include "drivers/numbers.h"

namespace svcmgr::zone {

namespace {

void add_device(std::vector<GuestDisk>& disks, const std::string& source, const std::string& target) {
    if (!source.starts_with("/dev/dsk/") && !source.starts_with("/dev/rdsk/")) return;
    GuestDisk disk;
    disk.kind = GuestDisk::Kind::block;
    disk.source = source;
    disk.target = target;
    disk.device = "disk";
    disks.push_back(std::move(disk));
}

void read_sizes(ZoneFile& file, const pugi::xml_node& root) {
    for (const char* name : {"pset", "virtual-cpu"})
        if (const auto count = parse_number<std::uint16_t>(root.child(name).attribute("ncpu_max").value())) file.vcpus = *count;
    if (const auto bytes = parse_number<std::uint64_t>(root.child("mcap").attribute("physcap").value())) file.memory_kib = *bytes >> 10;
}

/// `address` of one that shares its host's network, `allowed-address` of one that has its own: "192.168.1.21/24".
void read_addresses(ZoneFile& file, const pugi::xml_node& root) {
    for (const auto& network : root.children("network"))
        for (const char* name : {"address", "allowed-address"}) {
            const std::string said = network.attribute(name).value();
            if (std::string address = said.substr(0, said.find('/')); address_bytes(address)) file.addresses.push_back(std::move(address));
        }
}

}  // namespace

tl::expected<ZoneFile, std::string> parse_zone_file(std::string_view xml) {
    pugi::xml_document document;
    const auto parsed = document.load_buffer(xml.data(), xml.size());
    if (!parsed) return tl::unexpected(fmt::format("at byte {}: {}", parsed.offset, parsed.description()));
    const pugi::xml_node root = document.child("zone");
    if (!root) return tl::unexpected(std::string("it has no element <zone>"));
    ZoneFile file;
    file.name = root.attribute("name").value();
    file.path = root.attribute("zonepath").value();
    const std::string_view autoboot = root.attribute("autoboot").value();
    if (!autoboot.empty() && autoboot != "true" && autoboot != "false")
        return tl::unexpected(std::string("its autoboot is neither true nor false"));
    if (file.name.empty() || !file.path.starts_with('/')) return tl::unexpected(std::string("it lacks the zone's name or path"));
    file.autoboot = autoboot == "true";
    read_sizes(file, root);
    read_addresses(file, root);
    for (const auto& device : root.children("device"))
        add_device(file.disks, device.attribute("match").value(), device.attribute("match").value());
    for (const auto& mount : root.children("filesystem"))
        add_device(file.disks, mount.attribute("special").value(), mount.attribute("directory").value());
    return file;
}

}  // namespace svcmgr::zone
