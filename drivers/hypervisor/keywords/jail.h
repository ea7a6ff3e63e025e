#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type jail may say beyond what every container section may (contract.md 2.6).
Keywords jail_keywords();

}  // namespace svcmgr
