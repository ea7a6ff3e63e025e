#include "drivers/hypervisor/kvm/domain_xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include <pugixml.hpp>

#include "drivers/options.h"

namespace svcmgr::kvm {

namespace {

std::string attribute(const pugi::xml_node& node, const char* name) {
    return node.attribute(name).value();
}

GuestDisk::Kind kind_of(std::string_view type) {
    if (type == "block") return GuestDisk::Kind::block;
    if (type == "file" || type.empty()) return GuestDisk::Kind::file;  // libvirt's default
    if (type == "network") return GuestDisk::Kind::network;
    if (type == "volume") return GuestDisk::Kind::volume;
    return GuestDisk::Kind::other;
}

/// "rbd://mon1:6321,mon2:6322/pool/image", "nbd+unix:///export?socket=/run/nbd.sock"
std::string network_source(const pugi::xml_node& source) {
    std::string transport;
    std::string hosts;
    std::string socket;
    for (const auto& host : source.children("host")) {
        if (const auto value = attribute(host, "transport"); !value.empty() && value != "tcp") transport = "+" + value;
        if (const auto value = attribute(host, "socket"); !value.empty()) socket = "?socket=" + value;
        const auto name = attribute(host, "name");
        if (name.empty()) continue;
        if (!hosts.empty()) hosts += ',';
        // An address of IPv6 has colons of its own.
        hosts += name.find(':') == std::string::npos ? name : "[" + name + "]";
        if (const auto port = attribute(host, "port"); !port.empty()) hosts += ":" + port;
    }
    const auto name = attribute(source, "name");
    const char* slash = name.starts_with('/') ? "" : "/";
    return fmt::format("{}{}://{}{}{}{}", attribute(source, "protocol"), transport, hosts, slash, name, socket);
}

std::string nvme_source(const pugi::xml_node& source) {
    const auto address = source.child("address");
    return fmt::format("nvme://{:04x}:{:02x}:{:02x}.{:x}/{}", address.attribute("domain").as_uint(), address.attribute("bus").as_uint(),
                       address.attribute("slot").as_uint(), address.attribute("function").as_uint(), attribute(source, "namespace"));
}

std::string source_of(const pugi::xml_node& disk) {
    const auto source = disk.child("source");
    if (!source) return {};
    const auto type = attribute(disk, "type");
    if (type == "network") return network_source(source);
    if (type == "volume") return attribute(source, "pool") + "/" + attribute(source, "volume");
    if (type == "nvme") return nvme_source(source);
    for (const char* name : {"dev", "file", "dir", "path"})
        if (const auto attribute = source.attribute(name)) return attribute.value();
    return {};
}

/// What libvirt takes when the text says no bus: it goes by the target's name.
std::string bus_of(const pugi::xml_node& target) {
    if (const auto bus = attribute(target, "bus"); !bus.empty()) return bus;
    constexpr std::array<std::pair<std::string_view, const char*>, 6> buses = {
        {{"fd", "fdc"}, {"hd", "ide"}, {"sd", "scsi"}, {"vd", "virtio"}, {"xvd", "xen"}, {"ubd", "uml"}}};
    const auto name = attribute(target, "dev");
    for (const auto& [prefix, bus] : buses)
        if (name.starts_with(prefix)) return bus;
    return {};
}

GuestDisk disk_of(const pugi::xml_node& node) {
    GuestDisk disk;
    const auto target = node.child("target");
    disk.kind = kind_of(attribute(node, "type"));
    disk.source = source_of(node);
    disk.target = attribute(target, "dev");
    disk.device = node.attribute("device").as_string("disk");
    disk.bus = bus_of(target);
    disk.serial = node.child_value("serial");
    disk.readonly = static_cast<bool>(node.child("readonly"));
    return disk;
}

/// loader and nvram hold a path as their text; a newer nvram may have it as <source file=…/>.
void add_firmware(std::vector<Path>& firmware, const pugi::xml_node& node) {
    Path path = node.text().get();
    if (path.empty()) path = attribute(node.child("source"), "file");
    if (path.starts_with('/')) firmware.push_back(std::move(path));
}

}  // namespace

namespace {

std::string in_line(std::string_view xml, std::ptrdiff_t offset, const std::string& problem) {
    const auto before = xml.substr(0, static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, offset)));
    return fmt::format("line {}: {}", 1 + std::count(before.begin(), before.end(), '\n'), problem);
}

/// Into `document`, which refers to nothing of `xml` afterwards. Empty, or why it is no domain.
std::string load_domain(pugi::xml_document& document, std::string_view xml) {
    const auto at_line = [xml](std::ptrdiff_t offset, const std::string& problem) { return in_line(xml, offset, problem); };
    // libvirt takes a C string: what stands behind a NUL would be checked here and not be defined there.
    if (const auto nul = xml.find('\0'); nul != std::string_view::npos) return at_line(static_cast<std::ptrdiff_t>(nul), "a NUL character");
    const auto parsed = document.load_buffer(xml.data(), xml.size());
    if (!parsed) return at_line(parsed.offset, parsed.description());
    const auto root = document.document_element();
    if (std::string_view(root.name()) != "domain")
        return at_line(root.offset_debug(), fmt::format("<{}> where a <domain> should begin", root.name()));
    // Not XML, though pugixml takes it; libvirt does not.
    if (const auto second = root.next_sibling()) return at_line(second.offset_debug(), "there is more after the end of the <domain>");
    return {};
}

void add_path(std::vector<Path>& paths, Path path) {
    if (path.starts_with('/')) paths.push_back(std::move(path));
}

void add_needs(Domain& domain, const pugi::xml_node& root) {
    const auto os = root.child("os");
    for (const char* name : {"loader", "kernel", "initrd", "dtb"}) add_path(domain.files, os.child(name).text().get());
    for (const auto& disk : root.child("devices").children("disk")) {
        const auto source = disk.child("source");
        if (attribute(source, "startupPolicy") == "optional") continue;
        const auto kind = kind_of(attribute(disk, "type"));
        if (kind == GuestDisk::Kind::file) add_path(domain.files, attribute(source, "file"));
        if (kind == GuestDisk::Kind::block) add_path(domain.devices, attribute(source, "dev"));
    }
}

}  // namespace

std::string why_no_domain(std::string_view xml) {
    pugi::xml_document document;
    return load_domain(document, xml);
}

tl::expected<Domain, std::string> parse_domain(std::string_view xml) {
    pugi::xml_document document;
    if (auto problem = load_domain(document, xml); !problem.empty()) return tl::unexpected(std::move(problem));
    const auto root = document.document_element();
    Domain domain;
    domain.name = root.child_value("name");
    domain.uuid = lower_case(trimmed(root.child_value("uuid")));
    if (domain.name.empty()) return tl::unexpected(in_line(xml, root.offset_debug(), "this <domain> has no <name>"));
    for (const auto& disk : root.child("devices").children("disk")) domain.disks.push_back(disk_of(disk));
    add_firmware(domain.firmware, root.child("os").child("loader"));
    add_firmware(domain.firmware, root.child("os").child("nvram"));
    add_needs(domain, root);
    for (const auto& interface : root.child("devices").children("interface")) {
        if (const auto mac = attribute(interface.child("mac"), "address"); !mac.empty()) domain.macs.push_back(lower_case(mac));
        domain.on_network = domain.on_network || attribute(interface, "type") == "network";
    }
    return domain;
}

std::vector<GuestDisk> merge_disks(std::vector<GuestDisk> live, const std::vector<GuestDisk>& stored) {
    const auto count = live.size();
    for (const auto& disk : stored) {
        const auto end = live.begin() + static_cast<std::ptrdiff_t>(count);
        const bool known = std::any_of(live.begin(), end, [&](const GuestDisk& other) { return other.target == disk.target; });
        if (!known) live.push_back(disk);
    }
    return live;
}

bool supports_hvm(std::string_view capabilities_xml) {
    pugi::xml_document document;
    if (!document.load_buffer(capabilities_xml.data(), capabilities_xml.size())) return false;
    const auto guests = document.child("capabilities").children("guest");
    return std::any_of(guests.begin(), guests.end(),
                       [](const pugi::xml_node& guest) { return std::string_view(guest.child_value("os_type")) == "hvm"; });
}

}  // namespace svcmgr::kvm
