#pragma once

#include "drivers/secrets.h"
#include "svcmgr/config/sections.h"

namespace svcmgr {

/// Values of [env] that sound secret (drivers/secret_names.h): references put them into other values, and into what is said of those.
Secrets secrets_of(const Sections& sections);

}  // namespace svcmgr
