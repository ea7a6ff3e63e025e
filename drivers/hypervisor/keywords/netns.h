#pragma once

#include <map>
#include <string>
#include <vector>

#include "drivers/hypervisor/table.h"
#include "drivers/options.h"

namespace svcmgr {

/// What a container section with `type = netns` may say.
Keywords netns_keywords();
std::vector<SectionProblem> netns_problems(const Options& section);

/// The files below /proc/sys of a section's `forwarding` and `sysctls`, and what has to be in them.
std::map<std::string, std::string> netns_settings(const Options& section);

}  // namespace svcmgr
