#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type esx may say beyond what every container section may (contract.md 2.6).
Keywords esx_keywords();

}  // namespace svcmgr
