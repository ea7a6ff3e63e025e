#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/files/files.h"
#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::lxc {

/// What svcmgr reads of a container's configuration (lxc.container.conf(5)); the names before LXC 2.1 (`lxc.rootfs`) are read too.
struct ContainerConfig {
    std::vector<Path> files;          ///< the file itself and those that it includes, in the order of reading
    std::string rootfs;               ///< as written: "dir:/srv/vm188", "/dev/vg/vm188"; empty when it has none
    Path fstab;                       ///< `lxc.mount.fstab`; empty when there is none
    std::vector<std::string> mounts;  ///< `lxc.mount.entry`, each a line of an fstab
    bool autostart = false;
    int cpus = 0;                  ///< of its cpuset; 0 when it is not limited
    std::uint64_t memory_kib = 0;  ///< 0 when it is not limited
};

/// Why a configuration can't be used, and where: "FILE:LINE", or FILE.
struct ConfigProblem {
    std::string where;
    std::string reason;
    bool absent = false;  ///< there is no such file
};

tl::expected<ContainerConfig, ConfigProblem> read_config(const Files& files, const Path& path);

/// A line of a configuration: "lxc.net.0.type" and "veth".
struct ConfigEntry {
    std::string key;
    std::string value;  ///< without quotes; empty takes back what was said before
};
/// All lines of it and of what it includes, in the order of reading.
tl::expected<std::vector<ConfigEntry>, ConfigProblem> read_entries(const Files& files, const Path& path);

/// "0-3,5" -> 5; 0 for a text that is no list of processors.
int count_cpus(std::string_view list);
/// "512M", "2147483648" -> KiB; 0 for "max" and for a text that is no amount.
std::uint64_t memory_kib(std::string_view amount);

/// Whether an option is among those of a line of an fstab: "bind" in "rw,bind".
bool has_option(std::string_view options, std::string_view option);

/// What the container's root file system and its mounts are made of; `fstab` is the text of the file that the configuration names.
std::vector<GuestDisk> disks_of(const ContainerConfig& config, std::string_view fstab);

/// The directory of a root file system that is one: "dir:/srv/vm188" and "/srv/vm188"; empty for others.
Path root_directory(const std::string& rootfs);

}  // namespace svcmgr::lxc
