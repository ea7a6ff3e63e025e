#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of type vbox may say beyond what every container section may (contract.md 2.6).
Keywords vbox_keywords();

}  // namespace svcmgr
