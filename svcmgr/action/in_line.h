#pragma once

#include <string>
#include <vector>

#include "svcmgr/action/plan.h"

namespace svcmgr {

/// A plan of steps that are done one after the other: each waits for the one before it.
Plan in_line(std::string service, std::string action, std::vector<Step> steps);

}  // namespace svcmgr
