#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type ldom may say beyond what every container section may (contract.md 2.6).
Keywords ldom_keywords();
/// What the section [ldom] of node.conf may say.
Keywords ldom_node_keywords();

}  // namespace svcmgr
