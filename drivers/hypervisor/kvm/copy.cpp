#include "drivers/hypervisor/kvm/copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <string_view>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <pugixml.hpp>

#include "drivers/hypervisor/kvm/domain_xml.h"
#include "drivers/hypervisor/kvm/instance.h"

namespace svcmgr::kvm {

namespace {

/// Of uuids that are made of a copy's name (RFC 4122, 4.3). It must never change: a copy that was left behind would not be known again.
constexpr std::string_view copies = "7c0f6a34-2e0d-4b7c-8f61-5a9d0b1e4c72";

std::string attribute(const pugi::xml_node& node, const char* name) {
    return node.attribute(name).value();
}

void set(pugi::xml_node node, const char* name, const std::string& value) {
    auto found = node.attribute(name);
    if (!found) found = node.append_attribute(name);
    found.set_value(value.c_str());
}

void remove_all(pugi::xml_node parent, const char* name) {
    while (parent.remove_child(name)) {
    }
}

/// What a child is not among, it loses.
void keep_children(pugi::xml_node node, std::initializer_list<std::string_view> names) {
    for (auto child = node.first_child(); child;) {
        const auto next = child.next_sibling();
        if (std::ranges::find(names, child.name()) == names.end()) node.remove_child(child);
        child = next;
    }
}

class Copier {
public:
    explicit Copier(const GuestCopy& copy) : copy_(copy), uuid_(copy_uuid(copy.name)) {}

    tl::expected<CopyDefinition, std::string> make(pugi::xml_document& document) {
        auto domain = document.document_element();
        for (const auto& child : domain.children())
            if (std::string_view(child.name()).starts_with("qemu:"))
                return tl::unexpected(
                    std::string("it hands arguments of its own to QEMU, and what they do to disks and networks is not known"));
        identify(domain);
        take_nvram(domain.child("os").child("nvram"));
        auto devices = domain.child("devices");
        if (devices.child("filesystem"))
            return tl::unexpected(std::string("it shares a directory with this node, where the copy could write"));
        for (const char* handed_over : {"hostdev", "lease", "redirdev", "shmem"}) remove_all(devices, handed_over);
        unsigned number = 0;
        for (auto interface : devices.children("interface")) isolate(interface, number++);
        number = 0;
        for (const char* kind : {"serial", "parallel", "console", "channel"})
            for (auto port : devices.children(kind)) redirect(port, number++);
        for (auto disk : devices.children("disk"))
            if (auto problem = lay_over(disk)) return tl::unexpected(std::move(*problem));
        std::ostringstream text;
        domain.print(text, "  ");
        made_.xml = text.str();
        return std::move(made_);
    }

private:
    void identify(pugi::xml_node domain) {
        domain.remove_attribute("id");
        remove_all(domain, "uuid");
        remove_all(domain, "name");
        domain.prepend_child("uuid").text().set(uuid_.c_str());
        domain.prepend_child("name").text().set(copy_.name.c_str());
        // SMBIOS may say the uuid, too, and then it has to be the same one.
        for (auto system : domain.child("sysinfo").children("system"))
            while (system.remove_child(system.find_child_by_attribute("entry", "name", "uuid"))) {
            }
    }

    void take_nvram(pugi::xml_node nvram) {
        if (!nvram) return;
        made_.nvram = nvram.text().get();
        if (made_.nvram.empty()) made_.nvram = attribute(nvram.child("source"), "file");
        if (made_.nvram.empty()) return;
        made_.nvram_layer = copy_.directory + "/nvram";
        remove_all(nvram, "source");
        nvram.text().set(made_.nvram_layer.c_str());
    }

    void isolate(pugi::xml_node interface, unsigned number) const {
        keep_children(interface, {"model", "address", "rom", "boot", "mtu"});
        if (attribute(interface.child("address"), "type") != "pci") remove_all(interface, "address");
        interface.remove_attribute("managed");
        interface.remove_attribute("trustGuestRxFilters");
        set(interface, "type", "bridge");
        set(interface.prepend_child("source"), "bridge", copy_.bridge);
        set(interface.prepend_child("mac"), "address", mac_address(uuid_, number));
    }

    void redirect(pugi::xml_node port, unsigned number) const {
        port.remove_child("log");
        constexpr std::array<std::string_view, 6> outside = {"file", "dev", "pipe", "tcp", "udp", "unix"};
        const std::string type = attribute(port, "type");
        if (std::ranges::find(outside, type) == outside.end()) return;
        remove_all(port, "source");
        remove_all(port, "protocol");
        if (type == "file") {
            set(port.prepend_child("source"), "path", fmt::format("{}/{}-{}", copy_.directory, port.name(), number));
        } else {
            // libvirt makes the socket of a channel itself, and a terminal for anything else.
            set(port, "type", std::string_view(port.name()) == "channel" ? "unix" : "pty");
        }
    }

    std::optional<std::string> lay_over(pugi::xml_node disk) {
        const std::string device = disk.attribute("device").as_string("disk");
        const std::string type = disk.attribute("type").as_string("file");
        const std::string target = attribute(disk.child("target"), "dev");
        auto source = disk.child("source");
        const std::string path = attribute(source, type == "block" ? "dev" : "file");
        if (device == "cdrom" || device == "floppy") {
            if (!source || type == "file" || type == "block") {
                if (!disk.child("readonly")) disk.append_child("readonly");
                return {};
            }
            return fmt::format("its drive {} has a medium that is no file of this node", target);
        }
        if ((type != "file" && type != "block") || path.empty())
            return fmt::format("its disk {} is neither a file nor a block device of this node", target);
        if (disk.child("encryption") || source.child("encryption"))
            return fmt::format("its disk {} is encrypted, and a layer above it would not be", target);
        auto driver = disk.child("driver");
        const std::string format = driver.attribute("type").as_string("raw");
        const Path file = fmt::format("{}/{}.qcow2", copy_.directory, target);
        made_.layers.push_back({path, format, file});
        remove_all(disk, "driver");
        driver = disk.prepend_child("driver");
        set(driver, "name", "qemu");
        set(driver, "type", "qcow2");
        set(driver, "cache", "unsafe");  // nobody keeps it
        for (const char* gone : {"source", "shareable", "transient", "backingStore", "mirror", "auth"}) remove_all(disk, gone);
        set(disk, "type", "file");
        set(disk, "device", "disk");  // "lun" would send the guest's SCSI commands to the disk itself
        for (const char* gone : {"sgio", "rawio", "snapshot"}) disk.remove_attribute(gone);
        source = disk.prepend_child("source");
        set(source, "file", file);
        return {};
    }

    const GuestCopy& copy_;
    std::string uuid_;
    CopyDefinition made_;
};

}  // namespace

std::string copy_uuid(const std::string& name) {
    const auto space = boost::uuids::string_generator()(copies.begin(), copies.end());
    return boost::uuids::to_string(boost::uuids::name_generator_sha1(space)(name));
}

tl::expected<CopyDefinition, std::string> copy_of_domain(std::string_view xml, const GuestCopy& copy) {
    if (auto problem = why_no_domain(xml); !problem.empty()) return tl::unexpected(std::move(problem));
    pugi::xml_document document;
    document.load_buffer(xml.data(), xml.size());
    return Copier(copy).make(document);
}

}  // namespace svcmgr::kvm
