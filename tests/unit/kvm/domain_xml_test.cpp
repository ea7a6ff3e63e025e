#include "drivers/hypervisor/kvm/domain_xml.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace svcmgr::kvm {

namespace {

using Kind = GuestDisk::Kind;

const char* word(Kind kind) {
    switch (kind) {
        case Kind::block: return "block";
        case Kind::file: return "file";
        case Kind::network: return "network";
        case Kind::volume: return "volume";
        case Kind::other: return "other";
    }
    return "?";
}

/// "vda virtio block disk /dev/vg/x [serial S] ro"
std::string line(const GuestDisk& disk) {
    return fmt::format("{} {} {} {} {}{}{}", disk.target, disk.bus, word(disk.kind), disk.device, disk.source.empty() ? "-" : disk.source,
                       disk.serial.empty() ? "" : " serial=" + disk.serial, disk.readonly ? " ro" : "");
}

std::vector<std::string> lines(const std::vector<GuestDisk>& disks) {
    std::vector<std::string> result;
    for (const auto& disk : disks) result.push_back(line(disk));
    return result;
}

using Lines = std::vector<std::string>;

/// A definition that a real tool wrote; nothing where the samples are not at hand.
std::optional<std::string> sample(const std::string& name) {
    const std::filesystem::path file = std::filesystem::path(SVCMGR_SOURCE_DIR) / "../shared/fixtures/libvirt-xml" / name;
    std::ifstream stream(file);
    if (!stream) {
        MESSAGE("skipped: no ", file.string());
        return std::nullopt;
    }
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::string with_disk(const std::string& disk) {
    return "<domain type='kvm'>\n<name>vm188</name>\n<devices>" + disk + "</devices>\n</domain>\n";
}

std::string only_disk(const std::string& disk) {
    const auto domain = parse_domain(with_disk(disk));
    REQUIRE(domain.has_value());
    REQUIRE(domain->disks.size() == 1);
    return line(domain->disks.front());
}

std::string problem_of(std::string_view xml) {
    const auto domain = parse_domain(xml);
    return domain ? "none" : domain.error();
}

}  // namespace

TEST_CASE("every kind of disk of a real definition is found") {
    const auto xml = sample("virt-manager-change-disk-in.xml");
    if (!xml) return;
    const auto domain = parse_domain(*xml);
    REQUIRE(domain.has_value());
    CHECK(domain->name == "TestGuest");
    CHECK(lines(domain->disks) ==
          Lines{
              "hda ide file disk /tmp/test.img serial=WD-WMAP9A966149",
              "hdb ide block disk /dev/null",
              "hdc ide block cdrom /dev/null ro",
              "hdd scsi block lun /dev/sda ro",
              "sda scsi block cdrom - ro",
              "fda fdc block floppy -",
              "fdb fdc block floppy /dev/null",
              "vda virtio block disk /dev/null",
              "vdb virtio volume disk defaultPool/foobar ro",
              "vdc virtio network disk rbd://mon1.example.org:6321,mon2.example.org:6322,mon3.example.org:6322/pool/image",
              "vdd virtio network disk nbd+unix:///?socket=/var/run/nbdsock",
          });
    CHECK(domain->firmware == std::vector<Path>{"/usr/lib/xen/boot/hvmloader"});
}

TEST_CASE("definitions of other real tools are understood") {
    const auto disks_of = [](const std::string& name) -> Lines {
        const auto xml = sample(name);
        if (!xml) return {"no sample"};
        const auto domain = parse_domain(*xml);
        if (!domain) return {domain.error()};
        auto result = lines(domain->disks);
        result.insert(result.begin(), domain->name);
        return result;
    };
    const auto check = [&](const std::string& name, const Lines& expected) {
        CAPTURE(name);
        if (const auto found = disks_of(name); found != Lines{"no sample"}) CHECK(found == expected);
    };
    check("glpi-dumpxml1.xml", {"Debian_Squeeze_64_bits", "vda virtio block disk /dev/VM/Debian_Squeeze_64_bits"});
    check("glpi-dumpxml3.xml", {"vm1.unistra.fr", "hda ide file disk /vm/disk/vm1.unistra.fr.qcow2", "hdc ide file cdrom - ro"});
    check("glpi-dumpxml5_lxc.xml", {"vm1"});
    check("insights-XML_RHOSP.xml",
          {"instance-000008d6", "vda virtio file disk /var/lib/nova/instances/601da52c-450f-4d8e-b502-50151536fa69/disk",
           "vdb virtio block disk /dev/disk/by-id/dm-uuid-mpath-3600a09803830316d512b4a6b38374143 "
           "serial=dd036ba1-bb5f-4c1a-a369-a918080bff7f"});
    check("insights-XML_NUMA.xml", {"05-s00c06h0", "vda virtio file disk /var/lib/libvirt/images/05-s00c06h0_1.img"});
    check("virt-manager-add-devices-in.xml",
          {"TestGuest", "fda fdc file floppy /pool-dir/testvol1.img", "vda virtio file disk /tmp/test.img",
           "vdb virtio block disk /dev/null", "hdc ide block cdrom - ro"});
    check("virt-manager-clone-disk.xml",
          {"origtest", "hda ide file disk /tmp/__virtinst_cli_exist1.img", "hdb ide file disk /tmp/__virtinst_cli_exist2.img",
           "hdc ide file cdrom /tmp/__virtinst_cli_exist2.img ro", "fda fdc file floppy - ro"});
    check("virt-manager-virt-install-bhyve-default-f27.xml", {"foobhyve", "sda sata file disk /var/lib/libvirt/images/foobhyve.img"});
    check("virt-manager-virt-install-xen-default.xml", {"vm1", "xvda xen file disk /pool-dir/testvol1.img"});
}

TEST_CASE("what libvirt would not define is not half understood") {
    const auto check = [](const std::string& name, const std::string& expected) {
        CAPTURE(name);
        if (const auto xml = sample(name)) CHECK(problem_of(*xml) == expected);
    };
    // A status file of libvirt's own; and two definitions in one file.
    check("insights-XML_IDM_CLIENT.xml", "line 8: <domstatus> where a <domain> should begin");
    check("virt-manager-virt-install-xen-pv.xml", "line 34: there is more after the end of the <domain>");
}

TEST_CASE("every sample is understood or its trouble is told with its line") {
    const std::filesystem::path folder = std::filesystem::path(SVCMGR_SOURCE_DIR) / "../shared/fixtures/libvirt-xml";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("skipped: no ", folder.string());
        return;
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".xml") continue;
        CAPTURE(entry.path().string());
        const auto domain = parse_domain(*sample(entry.path().filename()));
        CHECK((domain ? !domain->name.empty() : domain.error().starts_with("line ")));
    }
}

TEST_CASE("sources that the samples do not have") {
    CHECK(only_disk("<disk type='nvme' device='disk'><source type='pci' managed='yes' namespace='1'>"
                    "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source><target dev='vda' bus='virtio'/></disk>") ==
          "vda virtio other disk nvme://0000:01:00.0/1");
    CHECK(only_disk("<disk type='dir' device='floppy'><source dir='/srv/floppy'/><target dev='fda'/></disk>") ==
          "fda fdc other floppy /srv/floppy");
    CHECK(only_disk("<disk type='vhostuser'><source type='unix' path='/run/blk.sock'/><target dev='vdb'/></disk>") ==
          "vdb virtio other disk /run/blk.sock");
    CHECK(only_disk("<disk type='vhostvdpa'><source dev='/dev/vhost-vdpa-0'/><target dev='vdb'/></disk>") ==
          "vdb virtio other disk /dev/vhost-vdpa-0");
    CHECK(only_disk("<disk type='network' device='lun'><source protocol='iscsi' name='iqn.2026-01.lab:disk/1'>"
                    "<host name='fd00::1' port='3260'/></source><target dev='sda' bus='scsi'/></disk>") ==
          "sda scsi network lun iscsi://[fd00::1]:3260/iqn.2026-01.lab:disk/1");
    CHECK(only_disk("<disk type='network'><source protocol='http' name='/iso/a.iso'><host name='h'/></source><target dev='hda'/></disk>") ==
          "hda ide network disk http://h/iso/a.iso");
    CHECK(only_disk("<disk type='block' device='lun'><source dev='/dev/sdb'/><target dev='sdb' "
                    "bus='scsi'/><readonly/><serial>S1</serial></disk>") == "sdb scsi block lun /dev/sdb serial=S1 ro");
    CHECK(only_disk("<disk type='volume'><source pool='p' volume='v'/><target dev='vda'/></disk>") == "vda virtio volume disk p/v");
    CHECK(only_disk("<disk><source file='/srv/a.img'/><target dev='xvda'/></disk>") == "xvda xen file disk /srv/a.img");
}

TEST_CASE("a disk's backing files are no disks of the guest") {
    CHECK(only_disk(
              "<disk type='file' device='disk'><source file='/srv/top.qcow2'/><backingStore type='file'><source file='/srv/base.qcow2'/>"
              "</backingStore><target dev='vda' bus='virtio'/></disk>") == "vda virtio file disk /srv/top.qcow2");
}

TEST_CASE("firmware is found, but not what is no file of this host") {
    const auto firmware = [](const std::string& os) {
        return parse_domain("<domain><name>vm188</name><os>" + os + "</os></domain>").value().firmware;
    };
    CHECK(firmware("<loader type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader><nvram template='/usr/share/OVMF/OVMF_VARS.fd'>"
                   "/var/lib/libvirt/qemu/nvram/vm188_VARS.fd</nvram>") ==
          std::vector<Path>{"/usr/share/OVMF/OVMF_CODE.fd", "/var/lib/libvirt/qemu/nvram/vm188_VARS.fd"});
    CHECK(firmware("<nvram type='file'><source file='/srv/vm188_VARS.fd'/></nvram>") == std::vector<Path>{"/srv/vm188_VARS.fd"});
    CHECK(firmware("<loader>hvmloader</loader>").empty());
    CHECK(firmware("").empty());
}

TEST_CASE("a text that is no definition is refused with the line of the trouble") {
    CHECK(problem_of("") == "line 1: No document element found");
    CHECK(problem_of("<domain>\n<name>vm188</name>\n<devices>\n") == "line 3: Start-end tags mismatch");
    CHECK(problem_of("<domain>\n</domain>") == "line 1: this <domain> has no <name>");
    CHECK(problem_of("<network><name>default</name></network>") == "line 1: <network> where a <domain> should begin");
    CHECK(problem_of("<domain><name>a</name></domain>\n<domain><name>b</name></domain>") ==
          "line 2: there is more after the end of the <domain>");
    CHECK(problem_of(std::string_view("<domain><name>a</name></domain>\n\0<x/>", 37)) == "line 2: a NUL character");
}

TEST_CASE("an entity is not replaced by a file's content") {
    const auto domain = parse_domain("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><domain><name>&x;</name></domain>");
    REQUIRE(domain.has_value());
    CHECK(domain->name == "&x;");
}

TEST_CASE("a disk that was attached to the running guest, and one that comes with the next start, are both its disks") {
    GuestDisk vda;
    vda.target = "vda";
    vda.source = "/dev/live";
    GuestDisk stored_vda = vda;
    stored_vda.source = "/dev/stored";
    GuestDisk vdb;
    vdb.target = "vdb";
    GuestDisk vdc;
    vdc.target = "vdc";
    const auto merged = merge_disks({vda, vdb}, {stored_vda, vdc});
    REQUIRE(merged.size() == 3);
    CHECK(merged[0].source == "/dev/live");
    CHECK(merged[1].target == "vdb");
    CHECK(merged[2].target == "vdc");
}

TEST_CASE("a host without hvm is told from one with it") {
    CHECK(supports_hvm("<capabilities><host/><guest><os_type>xen</os_type></guest><guest><os_type>hvm</os_type></guest></capabilities>"));
    CHECK_FALSE(supports_hvm("<capabilities><host/><guest><os_type>exe</os_type></guest></capabilities>"));
    CHECK_FALSE(supports_hvm("<capabilities><host/></capabilities>"));
    CHECK_FALSE(supports_hvm("nonsense hvm"));
}

}  // namespace svcmgr::kvm
