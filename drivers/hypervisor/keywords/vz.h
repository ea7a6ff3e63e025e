#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type vz may say beyond what every container section may (contract.md 2.6).
Keywords vz_keywords();

}  // namespace svcmgr
