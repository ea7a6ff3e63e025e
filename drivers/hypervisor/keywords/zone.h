#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type zone may say beyond what every container section may (contract.md 2.6).
Keywords zone_keywords();
/// What the section [zone] of node.conf may say.
Keywords zone_node_keywords();

}  // namespace svcmgr
