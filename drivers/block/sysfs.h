#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drivers/files/files.h"

namespace svcmgr {

/// One block device in sysfs (Documentation/ABI/stable/sysfs-block of the kernel). Answers are empty where an attribute is missing.
class SysfsBlock {
public:
    /// The device with this number; nothing when the kernel knows none.
    static std::optional<SysfsBlock> by_number(const Files& files, std::uint64_t device);
    static std::optional<SysfsBlock> by_name(const Files& files, const std::string& kernel_name);

    std::string name() const;
    std::uint64_t size() const;  ///< bytes
    /// An attribute's text as it is.
    std::string raw(const std::string& attribute) const;
    /// An attribute's text as a person should see it: printable, without blanks around it.
    std::string text(const std::string& attribute) const;

    bool is_partition() const;
    /// Whether the kernel made it up: loop, zram, drbd, maps and arrays.
    bool is_virtual() const;
    /// The disk of a partition.
    std::optional<SysfsBlock> whole_disk() const;
    /// What a map or an array is made of.
    std::vector<SysfsBlock> slaves() const;

private:
    SysfsBlock(const Files& files, Path directory) : files_(&files), directory_(std::move(directory)) {}

    const Files* files_;
    Path directory_;  ///< below /sys/devices
};

/// Printable ASCII only, without blanks at both ends.
std::string printable(std::string_view text);

}  // namespace svcmgr
