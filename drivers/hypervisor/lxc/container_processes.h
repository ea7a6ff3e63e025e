#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "drivers/hypervisor/lxc/liblxc.h"
#include "drivers/world.h"

namespace svcmgr::lxc {

/// The process of a container's monitor, by its title "[lxc monitor] LXCPATH NAME"; 0 when there is none.
int monitor_of(const World& world, const ContainerId& id);

/// The control groups of containers, by the names behind their prefix: "web" -> /sys/fs/cgroup/lxc.payload.web.
using PayloadGroups = std::map<std::string, std::vector<Path>, std::less<>>;
/// Those of this node, of one look into each hierarchy, however many containers there are.
PayloadGroups payload_groups(const Files& files);

/// The processes in the control groups that LXC makes for a container of this name, and in those that its system made below. While an old
/// group is there LXC calls the next one NAME-1, NAME-2 …: it is taken for this container's unless there is a container of that name.
/// Nothing while one of the same name runs out of another directory: whose they are can't be told then.
std::vector<int> processes_of(const World& world, const ContainerId& id, const PayloadGroups& groups);
/// The same of the groups of this moment.
std::vector<int> processes_of(const World& world, const ContainerId& id);

/// Kills the monitor, which takes the container with it, and then whatever is still there.
void kill_what_is_left(const World& world, Library& library, const ContainerId& id);

}  // namespace svcmgr::lxc
