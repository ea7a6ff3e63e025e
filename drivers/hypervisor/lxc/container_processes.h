#pragma once

#include <vector>

#include "drivers/hypervisor/lxc/liblxc.h"
#include "drivers/world.h"

namespace svcmgr::lxc {

/// The process of a container's monitor, by its title "[lxc monitor] LXCPATH NAME"; 0 when there is none.
int monitor_of(const World& world, const ContainerId& id);

/// The processes in the control group that LXC makes for a container of this name. Nothing while one of the same name runs out of another
/// directory: whose they are can't be told then.
std::vector<int> processes_of(const World& world, const ContainerId& id);

/// Kills the monitor, which takes the container with it, and then whatever is still there.
void kill_what_is_left(const World& world, Library& library, const ContainerId& id);

}  // namespace svcmgr::lxc
