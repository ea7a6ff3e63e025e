#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/files/files.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/lxc/liblxc.h"

namespace svcmgr::lxc {

/// Where a guest's container is.
struct Place {
    ContainerId id;
    Path config;          ///< where it is looked for first, when there is none
    bool exists = false;  ///< the configuration
};

/// A copy is in its own directory. For a guest the section says `container_data_dir` (the directory that holds the container's) or `cf`
/// (its configuration); otherwise the configuration is looked for in NAME/config below `lxcpath`, the places where other builds of LXC
/// keep theirs, and /etc/lxc (contract.md 5.10).
Place find_place(const Files& files, const Guest& guest, const Path& lxcpath);

/// Container name -> the directories in which one of that name has a monitor.
using ActivePlaces = std::map<std::string, std::vector<Path>>;
/// From the kernel's table of sockets (/proc/net/unix).
ActivePlaces active_places(std::string_view socket_table);
ActivePlaces active_places_now(const Files& files);
/// The directories out of which another container of this name runs.
std::vector<Path> other_places(const ActivePlaces& active, const ContainerId& id);

}  // namespace svcmgr::lxc
