#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type xen may say beyond what every container section may (contract.md 2.6).
Keywords xen_keywords();

}  // namespace svcmgr
