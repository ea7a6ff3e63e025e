#pragma once

#include "drivers/world.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// Writes the node's reservation key into node.conf, unless it is there: from the first reservation on it must stay the same, whatever
/// becomes of the node's name (contract.md 7.2). Throws Error.
void keep_prkey(World world, const Paths& paths, const Node& node);

}  // namespace svcmgr
