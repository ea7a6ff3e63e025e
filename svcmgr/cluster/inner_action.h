#pragma once

#include "drivers/world.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/cluster/instance.h"

namespace svcmgr {

/// An action of its own within a step of another one on the same service, whose lock is held: with its own guards, its own place in the
/// journal and its own undoing. What it says is what the step says. Nothing to do is no error. Throws Error: what refuses it, or what it
/// failed with.
void act_within(World world, const Paths& paths, const Instance& instance, const Request& request, const ActOptions& options, Doing& doing);

}  // namespace svcmgr
