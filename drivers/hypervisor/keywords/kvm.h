#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type kvm may say beyond what every container section may (contract.md 2.6).
Keywords kvm_keywords();
/// What the section [kvm] of node.conf may say.
Keywords kvm_node_keywords();

}  // namespace svcmgr
