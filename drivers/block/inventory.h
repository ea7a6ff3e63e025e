#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/files/files.h"

namespace svcmgr {

/// What is known of a guest's disk: a block device or a file of this node. Texts are printable ASCII, whatever the device says of itself.
struct BlockFacts {
    /// How every node and every array calls the disk; the rules (contract.md 8.2, and the forms of the kernel's `wwid` attributes):
    /// - a multipath map (`dm/uuid` or name): its WWID without the leading 3 (NAA) or 2 (EUI-64) of the scsi_id convention;
    /// - a disk: the same digits from `wwid`: "naa.…", "eui.…", "uuid.…" without that prefix, "nvme.…" as it is;
    /// - a partition: its disk's;
    /// - a disk with another identifier, which is unique within this node only: "NODE.IDENTIFIER", blanks as '_';
    /// - a device without an identifier (a logical volume, a virtio disk), or a file: "NODE.PATH", without /dev/, '/' as '!'.
    std::string id;
    std::uint64_t size = 0;  ///< bytes, 0 when not known
    std::string vendor;      ///< empty when not known, or when the physical disks differ
    std::string model;
    std::string serial;
    std::string kernel_name;      ///< "sda1", "dm-3"; empty for a file
    std::string region;           ///< of a partition: "part1", as every node calls it; empty for everything else
    std::uint64_t disk_size = 0;  ///< of a partition: its disk's, bytes
    std::string volume;           ///< of a map or an array: what it is called, "vg0-lv1", "md0"; empty for everything else
    /// Kernel names of the disks below, sorted: the paths of a map, the members of an array, a partition's disk.
    std::vector<std::string> physical_disks;
    Path backing_file;    ///< of a loop device: what it shows
    std::string problem;  ///< why the rest is missing; empty when `source` is a device or a file that can be seen
};

/// Facts of a device ("/dev/sda", "/dev/disk/by-id/…", "/dev/mapper/…") or of a file, from sysfs. Reads no device and never throws.
BlockFacts block_facts(const Files& files, std::string_view nodename, const Path& source);

}  // namespace svcmgr
