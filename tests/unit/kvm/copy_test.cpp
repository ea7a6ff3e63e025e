#include "drivers/hypervisor/kvm/copy.h"

#include <doctest/doctest.h>

#include <string>

using svcmgr::GuestCopy;
using namespace svcmgr::kvm;

namespace {

const GuestCopy copy{"vm188-rehearsal", "/var/lib/svcmgr-rehearsal/vm188", "svcr0"};

std::string domain(const std::string& devices, const std::string& os = "", const std::string& after = "") {
    return "<domain type='kvm'><name>vm188</name><uuid>6b5e2c1a-0000-4000-8000-000000000001</uuid><os><type>hvm</type>" + os +
           "</os><devices>" + devices + "</devices>" + after + "</domain>";
}

CopyDefinition made(const std::string& devices, const std::string& os = "", const std::string& after = "") {
    auto result = copy_of_domain(domain(devices, os, after), copy);
    REQUIRE_MESSAGE(result, result.error());
    return *result;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a copy has a name, a uuid and MAC addresses of its own, the same ones each time") {
    const std::string xml = made("<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/></interface>").xml;
    CHECK(contains(xml, "<name>vm188-rehearsal</name>"));
    CHECK(contains(xml, "<uuid>" + copy_uuid(copy.name) + "</uuid>"));
    CHECK_FALSE(contains(xml, "6b5e2c1a"));
    CHECK_FALSE(contains(xml, "52:54:00:00:00:01"));
    CHECK(copy_uuid("a") != copy_uuid("b"));
}

TEST_CASE("whatever an interface was connected to, the copy is on its own bridge alone") {
    for (const char* interface :
         {"<interface type='network'><source network='default' portgroup='prod'/><virtualport type='openvswitch'/></interface>",
          "<interface type='direct'><source dev='eth0' mode='bridge'/><filterref filter='clean'/></interface>",
          "<interface type='hostdev' managed='yes'><source><address type='pci' domain='0' bus='7'/></source></interface>",
          "<interface type='ethernet'><target dev='tap1'/><script path='/etc/up'/></interface>"}) {
        const std::string xml = made(interface).xml;
        CHECK(contains(xml, "<source bridge=\"svcr0\""));
        CHECK(contains(xml, "type=\"bridge\""));
        for (const char* gone : {"default", "eth0", "openvswitch", "clean", "tap1", "script", "managed", "bus='7'"})
            CHECK_FALSE(contains(xml, gone));
    }
}

TEST_CASE("each disk gets a layer above it, and is named in no other place") {
    const CopyDefinition copied = made(
        "<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none' io='native'/><source file='/srv/a.qcow2'/>"
        "<target dev='vda' bus='virtio'/></disk>"
        "<disk type='block' device='lun'><driver name='qemu' type='raw'/><source dev='/dev/vg/b'/><shareable/><target dev='sda' "
        "bus='scsi'/></disk>"
        "<disk type='file'><source file='/srv/c.img'/><target dev='vdc'/></disk>");
    REQUIRE(copied.layers.size() == 3);
    CHECK(copied.layers[0].disk == "/srv/a.qcow2");
    CHECK(copied.layers[0].format == "qcow2");
    CHECK(copied.layers[0].file == "/var/lib/svcmgr-rehearsal/vm188/vda.qcow2");
    CHECK(copied.layers[1].disk == "/dev/vg/b");
    CHECK(copied.layers[1].format == "raw");
    CHECK(copied.layers[2].format == "raw");
    for (const char* gone : {"/srv/", "/dev/vg", "lun", "shareable", "io=", "\"none\""}) CHECK_FALSE(contains(copied.xml, gone));
    CHECK(contains(copied.xml, "/var/lib/svcmgr-rehearsal/vm188/sda.qcow2"));
}

TEST_CASE("a medium in a drive is read, and never written") {
    const CopyDefinition copied = made("<disk type='file' device='floppy'><source file='/srv/f.img'/><target dev='fda'/></disk>");
    CHECK(copied.layers.empty());
    CHECK(contains(copied.xml, "<readonly"));
}

TEST_CASE("nvram, console and channels write into the copy's directory or nowhere") {
    const CopyDefinition copied = made(
        "<serial type='file'><source path='/var/log/vm188.console'/></serial><channel type='unix'><source path='/run/agent'/></channel>"
        "<serial type='pty'/>",
        "<nvram template='/usr/share/OVMF/VARS.fd'>/var/lib/libvirt/qemu/nvram/vm188_VARS.fd</nvram>");
    CHECK(copied.nvram == "/var/lib/libvirt/qemu/nvram/vm188_VARS.fd");
    CHECK(copied.nvram_layer == "/var/lib/svcmgr-rehearsal/vm188/nvram");
    for (const char* gone : {"/var/log/vm188.console", "/run/agent", "vm188_VARS"}) CHECK_FALSE(contains(copied.xml, gone));
    CHECK(contains(copied.xml, "/var/lib/svcmgr-rehearsal/vm188/serial-0"));
}

TEST_CASE("a port that was connected to something is connected to nothing") {
    const std::string xml = made(
                                "<serial type='tcp'><source mode='connect' host='console1' service='7000'/><protocol type='raw'/></serial>"
                                "<console type='dev'><source path='/dev/ttyS0'/></console>")
                                .xml;
    for (const char* gone : {"console1", "7000", "protocol", "/dev/ttyS0"}) CHECK_FALSE(contains(xml, gone));
    CHECK(contains(xml, "<serial type=\"pty\""));
}

TEST_CASE("a uuid that SMBIOS repeats goes, and so do devices of the host") {
    const std::string xml = made("<hostdev mode='subsystem' type='pci'/><lease/>", "",
                                 "<sysinfo type='smbios'><system><entry name='uuid'>6b5e2c1a-0000-4000-8000-000000000001</entry>"
                                 "<entry name='serial'>7</entry></system></sysinfo>")
                                .xml;
    CHECK_FALSE(contains(xml, "6b5e2c1a"));
    CHECK_FALSE(contains(xml, "hostdev"));
    CHECK_FALSE(contains(xml, "lease"));
    CHECK(contains(xml, "serial"));
}

TEST_CASE("what can't be copied without touching what is not the copy's is refused, with the reason") {
    const auto refusal = [](const std::string& devices, const std::string& after = "") {
        const auto result = copy_of_domain(domain(devices, "", after), copy);
        return result ? std::string("copied") : result.error();
    };
    CHECK(contains(refusal("<disk type='network'><source protocol='rbd' name='p/i'/><target dev='vda'/></disk>"), "vda is neither a file"));
    CHECK(contains(refusal("<disk type='file'><source file='/a'><encryption format='luks'/></source><target dev='vda'/></disk>"),
                   "encrypted"));
    CHECK(contains(refusal("<filesystem type='mount'/>"), "shares a directory"));
    CHECK(contains(refusal("", "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'/>"), "arguments of its own"));
    CHECK(contains(copy_of_domain("<domain>", copy).error(), "line"));
}
