#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type lxc may say beyond what every container section may (contract.md 2.6).
Keywords lxc_keywords();
/// What the section `lxc` of node.conf may say.
Keywords lxc_node_keywords();
/// What a container section of type lxd may say beyond what every container section may (contract.md 2.6).
Keywords lxd_keywords();

}  // namespace svcmgr
