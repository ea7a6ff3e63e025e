#pragma once

#include <string>

#include "svcmgr/config/finding.h"

namespace svcmgr {

/// `svcmgr.findings/1` (design.md 11).
std::string findings_json(const Findings& findings);

}  // namespace svcmgr
