#include "drivers/block/inventory.h"

#include <doctest/doctest.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "drivers/block/sysfs.h"
#include "drivers/files/memory_files.h"
#include "drivers/files/real_files.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

using Names = std::vector<std::string>;

/// A node's /dev and /sys, laid out as the kernel does.
struct Fixture {
    RealTime time;
    MemoryFiles files{time.clock, time.signals};

    BlockFacts facts(const Path& source) const { return block_facts(files, "node109", source); }

    /// `directory` is below /sys/devices.
    void add(const Path& directory, unsigned minor_number, std::uint64_t sectors) {
        const Path sys = "/sys/devices/" + directory;
        const auto name = directory.substr(directory.rfind('/') + 1);
        files.put(sys + "/size", std::to_string(sectors) + "\n");
        files.put_link("/sys/class/block/" + name, "../../devices/" + directory);
        files.put_link("/sys/dev/block/253:" + std::to_string(minor_number), "../../devices/" + directory);
        files.put_special("/dev/" + name, FileFacts::Kind::block_device, makedev(253, minor_number));
    }
    void set(const Path& attribute, std::string_view value) { files.put("/sys/devices/" + attribute, value); }
    void slave(const Path& directory, const std::string& name) {
        files.put_link("/sys/devices/" + directory + "/slaves/" + name, "/sys/class/block/" + name);
    }

    void add_scsi_disk(const std::string& name, unsigned minor_number, const std::string& wwid) {
        const Path directory = "pci0000:00/host1/target1:0:0/1:0:0:" + std::to_string(minor_number) + "/block/" + name;
        add(directory, minor_number, 2048);
        files.put_directory("/sys/devices/" + directory + "/slaves");
        const auto device = directory.substr(0, directory.find("/block/"));
        files.put_link("/sys/devices/" + directory + "/device", "../..");
        set(device + "/wwid", wwid + "\n");
        set(device + "/vendor", "HUAWEI  \n");
        set(device + "/model", "XSG1            \n");
        set(device + "/vpd_pg80", std::string("\0\x80\0\x08", 4) + "SN 1234 ");
    }
    void add_map(const std::string& name, unsigned minor_number, const std::string& uuid, const std::string& dm_name) {
        const Path directory = "virtual/block/" + name;
        add(directory, minor_number, 4096);
        set(directory + "/dm/uuid", uuid + "\n");
        set(directory + "/dm/name", dm_name + "\n");
        files.put_link("/dev/mapper/" + dm_name, "../" + name);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a SCSI disk has the array's own name, on every node and by every path") {
    add_scsi_disk("sda", 1, "naa.6001405AB1C2D3E4f5061728394a5b6c");
    files.put_link("/dev/disk/by-id/scsi-36001405", "../../sda");
    for (const auto* source : {"/dev/sda", "/dev/disk/by-id/scsi-36001405"}) {
        const auto found = facts(source);
        CHECK(found.id == "6001405ab1c2d3e4f5061728394a5b6c");
        CHECK(found.size == 2048 * 512);
        CHECK(found.vendor == "HUAWEI");
        CHECK(found.model == "XSG1");
        CHECK(found.serial == "SN 1234");
        CHECK(found.kernel_name == "sda");
        CHECK(found.physical_disks == Names{"sda"});
        CHECK(found.backing_file.empty());
        CHECK(found.problem.empty());
    }
}

TEST_CASE_FIXTURE(Fixture, "a multipath map has the id of its paths, whatever its name") {
    add_scsi_disk("sdb", 2, "naa.6001405000000000000000000000000a");
    add_scsi_disk("sdc", 3, "naa.6001405000000000000000000000000a");
    add_map("dm-0", 10, "mpath-36001405000000000000000000000000a", "mpatha");
    slave("virtual/block/dm-0", "sdc");
    slave("virtual/block/dm-0", "sdb");
    const auto found = facts("/dev/mapper/mpatha");
    CHECK(found.id == "6001405000000000000000000000000a");
    CHECK(found.id == facts("/dev/sdb").id);
    CHECK(found.kernel_name == "dm-0");
    CHECK(found.size == 4096 * 512);
    CHECK(found.physical_disks == Names{"sdb", "sdc"});
    CHECK(found.vendor == "HUAWEI");

    add_map("dm-1", 11, "part1-mpath-36001405000000000000000000000000a", "mpatha-part1");
    slave("virtual/block/dm-1", "dm-0");
    CHECK(facts("/dev/mapper/mpatha-part1").id == found.id);
    CHECK(facts("/dev/mapper/mpatha-part1").physical_disks == Names{"sdb", "sdc"});
    CHECK(facts("/dev/mapper/mpatha-part1").region == "part1");
    CHECK(facts("/dev/mapper/mpatha-part1").disk_size == found.size);
    CHECK(found.region.empty());
}

TEST_CASE_FIXTURE(Fixture, "the name of a map tells its WWID where the kernel says nothing else") {
    auto id_of = [&, number = 20u](const std::string& uuid, const std::string& name) mutable {
        add_map("dm-" + std::to_string(number), number, uuid, name);
        ++number;
        return facts("/dev/mapper/" + name).id;
    };
    CHECK(id_of("", "35000c500ad9ae4b3") == "5000c500ad9ae4b3");
    CHECK(id_of("", "36001405000000000000000000000000B") == "6001405000000000000000000000000b");
    CHECK(id_of("", "20017380006c00035") == "0017380006c00035");
    CHECK(id_of("", "3600") == "node109.mapper!3600");
    CHECK(id_of("", "3vg-36001405000000000000000000000000") == "node109.mapper!3vg-36001405000000000000000000000000");
    CHECK(id_of("mpath-1ATA     disk  X", "ata") == "node109.1ATA_disk_X");
    CHECK(id_of("LVM-abcdef", "vg-data") == "node109.mapper!vg-data");
    CHECK(id_of("LVM-abcdef", "35000c500ad9ae4b4") == "node109.mapper!35000c500ad9ae4b4");
}

TEST_CASE_FIXTURE(Fixture, "a partition has the id of its disk, and its own size") {
    add_scsi_disk("sda", 1, "naa.5000c500ad9ae4b3");
    const Path partition = "pci0000:00/host1/target1:0:0/1:0:0:1/block/sda/sda1";
    add(partition, 4, 100);
    set(partition + "/partition", "1\n");
    const auto found = facts("/dev/sda1");
    CHECK(found.id == "5000c500ad9ae4b3");
    CHECK(found.size == 51200);
    CHECK(found.region == "part1");
    CHECK(found.disk_size == facts("/dev/sda").size);
    CHECK(facts("/dev/sda").region.empty());
    CHECK(facts("/dev/sda").volume.empty());
    CHECK(found.kernel_name == "sda1");
    CHECK(found.physical_disks == Names{"sda"});
    CHECK(found.vendor == "HUAWEI");
    CHECK(found.serial == "SN 1234");
}

TEST_CASE_FIXTURE(Fixture, "a logical volume on an array on partitions stands on all the disks below") {
    add_scsi_disk("sda", 1, "naa.5000c500ad9ae4b3");
    add_scsi_disk("sdb", 2, "naa.5000c500ad9ae4b4");
    for (const auto* disk : {"sda", "sdb"}) {
        const bool first = disk == std::string("sda");
        const auto partition =
            std::string("pci0000:00/host1/target1:0:0/1:0:0:") + (first ? "1" : "2") + "/block/" + disk + "/" + disk + "1";
        add(partition, first ? 5 : 6, 100);
        set(partition + "/partition", "1\n");
    }
    add("virtual/block/md0", 30, 200);
    slave("virtual/block/md0", "sda1");
    slave("virtual/block/md0", "sdb1");
    add_map("dm-5", 35, "LVM-abcdef", "vg-data");
    slave("virtual/block/dm-5", "md0");
    set("pci0000:00/host1/target1:0:0/1:0:0:2/model", "another\n");

    const auto found = facts("/dev/mapper/vg-data");
    CHECK(found.physical_disks == Names{"sda", "sdb"});
    CHECK(found.id == "node109.mapper!vg-data");
    CHECK(found.volume == "vg-data");
    CHECK(facts("/dev/md0").volume == "md0");
    CHECK(found.vendor == "HUAWEI");
    CHECK(found.model.empty());
}

TEST_CASE_FIXTURE(Fixture, "devices that stand on themselves do not hang us") {
    add_map("dm-0", 1, "LVM-a", "a");
    add_map("dm-1", 2, "LVM-b", "b");
    slave("virtual/block/dm-0", "dm-1");
    slave("virtual/block/dm-1", "dm-0");
    CHECK(facts("/dev/dm-0").physical_disks.empty());
}

TEST_CASE_FIXTURE(Fixture, "a virtio disk has no name in the world") {
    add("pci0000:00/virtio1/block/vda", 1, 10);
    files.put_link("/sys/devices/pci0000:00/virtio1/block/vda/device", "../..");
    set("pci0000:00/virtio1/vendor", "0x1af4\n");
    set("pci0000:00/virtio1/block/vda/serial", "overlay");
    const auto found = facts("/dev/vda");
    CHECK(found.id == "node109.vda");
    CHECK(found.vendor == "Red Hat");
    CHECK(found.model == "VirtIO");
    CHECK(found.serial == "overlay");
    CHECK(found.physical_disks == Names{"vda"});
    set("pci0000:00/virtio1/vendor", "0x144d\n");
    CHECK(facts("/dev/vda").vendor.empty());
}

TEST_CASE_FIXTURE(Fixture, "an NVMe disk is named by its namespace") {
    const Path directory = "pci0000:00/nvme/nvme0/nvme0n1";
    add(directory, 1, 10);
    files.put_link("/sys/devices/" + directory + "/device", "../../nvme0");
    set("pci0000:00/nvme/nvme0/model", "SAMSUNG MZVL2512HCJQ-00B00              \n");
    set("pci0000:00/nvme/nvme0/serial", "S675NX0T123456  \n");
    set(directory + "/wwid", "eui.002538B1314A8C0B\n");
    auto found = facts("/dev/nvme0n1");
    CHECK(found.id == "002538b1314a8c0b");
    CHECK(found.model == "SAMSUNG MZVL2512HCJQ-00B00");
    CHECK(found.serial == "S675NX0T123456");
    CHECK(found.physical_disks == Names{"nvme0n1"});
    set(directory + "/wwid", "uuid.6b5ed8e2-0cfe-4d1e-8e0a-2a5b1a1c0001\n");
    CHECK(facts("/dev/nvme0n1").id == "6b5ed8e2-0cfe-4d1e-8e0a-2a5b1a1c0001");
    set(directory + "/wwid", "nvme.1b36-7465737431-51454d55-00000001\n");
    CHECK(facts("/dev/nvme0n1").id == "nvme.1b36-7465737431-51454d55-00000001");
}

TEST_CASE_FIXTURE(Fixture, "an identifier that others may use too is unique within the node") {
    add_scsi_disk("sda", 1, "t10.QEMU    QEMU HARDDISK   drive-scsi0");
    CHECK(facts("/dev/sda").id == "node109.t10.QEMU_QEMU_HARDDISK_drive-scsi0");
    add_scsi_disk("sdb", 2, "");
    CHECK(facts("/dev/sdb").id == "node109.sdb");
    add_scsi_disk("sdc", 3, "naa.");
    CHECK(facts("/dev/sdc").id == "node109.naa.");
}

TEST_CASE_FIXTURE(Fixture, "a loop device shows its file and is no disk") {
    add("virtual/block/loop0", 1, 10);
    set("virtual/block/loop0/loop/backing_file", "/srv/images/vm 188.img\n");
    const auto found = facts("/dev/loop0");
    CHECK(found.backing_file == "/srv/images/vm 188.img");
    CHECK(found.id == "node109.loop0");
    CHECK(found.physical_disks.empty());
    CHECK(found.size == 5120);
}

TEST_CASE_FIXTURE(Fixture, "an image file is a disk of this node") {
    files.put("/srv/images/vm188.img", std::string(12345, 'x'));
    const auto found = facts("/srv/images/vm188.img");
    CHECK(found.id == "node109.srv!images!vm188.img");
    CHECK(found.size == 12345);
    CHECK(found.kernel_name.empty());
    CHECK(found.physical_disks.empty());
    CHECK(found.problem.empty());
}

TEST_CASE_FIXTURE(Fixture, "what can't be seen has an id and a reason") {
    CHECK(facts("/dev/nothing").id == "node109.nothing");
    CHECK(facts("/dev/nothing").problem == "no such file");
    files.put_directory("/srv");
    CHECK(facts("/srv").problem == "is neither a block device nor a file");
    files.put_special("/dev/gone", FileFacts::Kind::block_device, makedev(8, 0));
    CHECK(facts("/dev/gone").problem == "the kernel has no block device of this number any more");
    CHECK(facts("").problem == "no such file");

    add_scsi_disk("sda", 1, "naa.5000c500ad9ae4b3");
    files.fail("/sys/devices", MemoryFiles::FaultOn::look, EIO);
    const auto found = facts("/dev/sda");
    CHECK(found.kernel_name == "sda");
    CHECK(found.id == "node109.sda");
    CHECK(found.size == 0);
}

TEST_CASE_FIXTURE(Fixture, "what a disk says of itself can't harm a terminal or a JSON reader") {
    add_scsi_disk("sda", 1, "naa.5000c500ad9ae4b3");
    set("pci0000:00/host1/target1:0:0/1:0:0:1/model", "\x1b[2J\xff\xc3\x7f(evil)\n");
    set("pci0000:00/host1/target1:0:0/1:0:0:1/vpd_pg80", std::string("\0\x80", 2));
    set("pci0000:00/host1/target1:0:0/1:0:0:1/block/sda/size", "many\n");
    const auto found = facts("/dev/sda");
    CHECK(found.model == "[2J(evil)");
    CHECK(found.serial.empty());
    CHECK(found.size == 0);
    set("pci0000:00/host1/target1:0:0/1:0:0:1/vpd_pg80", "\x05\x83\x01\x02 not the page");
    CHECK(facts("/dev/sda").serial.empty());
}

TEST_CASE("a device's number finds it, also where its name in /dev is another one") {
    RealTime time;
    MemoryFiles files(time.clock, time.signals);
    files.put("/sys/devices/pci0/cciss!c0d0/size", "8\n");
    // A minor number of more than eight bits.
    files.put_link("/sys/dev/block/259:70000", "../../devices/pci0/cciss!c0d0");
    files.put_special("/dev/cciss/c0d0", FileFacts::Kind::block_device, makedev(259, 70000));
    const auto found = block_facts(files, "n", "/dev/cciss/c0d0");
    CHECK(found.kernel_name == "cciss!c0d0");
    CHECK(found.id == "n.cciss!c0d0");
    CHECK(found.size == 4096);
}

TEST_CASE("this machine's own disks are understood") {
    RealTime time;
    const RealFiles files(time.signals);
    int seen = 0;
    for (const auto& name : files.list("/sys/class/block").value_or(Names())) {
        const auto facts = block_facts(files, "node", "/dev/" + name);
        if (!facts.problem.empty()) continue;
        ++seen;
        CHECK(facts.kernel_name == name);
        CHECK(facts.size == 512 * std::stoull(files.read("/sys/class/block/" + name + "/size").value()));
        CHECK_FALSE(facts.id.empty());
    }
    if (seen == 0) MESSAGE("skipped: this machine shows no block device");
}
