#pragma once

#include <map>
#include <memory>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/lxc/liblxc.h"
#include "drivers/world.h"

namespace svcmgr::lxc {

/// What it says, or why it can't be told.
using StateWord = tl::expected<MonitorWord, std::string>;

/// Asks the monitors of all these containers for their states, one after the other. One that hangs keeps back nobody: the others are asked
/// by another thread then. Those that did not answer until the deadline are missing in the answer.
std::map<ContainerId, StateWord> call_roll(const World& world, const std::shared_ptr<Library>& library, std::vector<ContainerId> containers,
                                           Deadline deadline);

}  // namespace svcmgr::lxc
