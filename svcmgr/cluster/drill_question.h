#pragma once

#include <map>
#include <string>

#include "drivers/world.h"
#include "svcmgr/cluster/drill.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// Asks every node what a start of its services would need there (`svcmgr peer drill`): one ssh command a node, all at once, each for two
/// minutes at most. One that could not be reached when it was asked `what_runs` is not asked again. Never throws: of a node that does not
/// tell, that is its only check. By node, then by service; every service that was asked for is there.
std::map<std::string, std::map<std::string, NodeDrill>> ask_drills(World world, const Node& node, const ServicesByNode& services_by_node,
                                                                   const InstancesByService& what_runs);

}  // namespace svcmgr
