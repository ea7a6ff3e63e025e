#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of the types docker and podman may say beyond what every container section may (contract.md 2.6).
Keywords docker_keywords();
/// What the section [docker] of node.conf may say.
Keywords docker_node_keywords();

}  // namespace svcmgr
