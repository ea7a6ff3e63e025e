#pragma once

#include <optional>
#include <string>

#include "drivers/error.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

/// Why a frozen service, or one on a frozen node, is not acted on; nothing when neither is frozen.
std::optional<Error> refusal_of_frozen(const std::string& service, const Observation& observation);

}  // namespace svcmgr
