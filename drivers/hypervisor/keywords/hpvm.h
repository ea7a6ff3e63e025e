#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type hpvm may say beyond what every container section may (contract.md 2.6).
Keywords hpvm_keywords();
/// What the section [hpvm] of node.conf may say.
Keywords hpvm_node_keywords();

}  // namespace svcmgr
