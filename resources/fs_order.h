#pragma once

#include <vector>

#include "drivers/options.h"

namespace svcmgr {

/// Where an fs section stands among those of its service: 0 for one that needs none of the others, and one more than the highest of those
/// that it needs: those whose mount point or directory its own lies in, or what it mounts (a bind, an image).
int fs_place(const Options& section, const std::vector<Options>& sections);

}  // namespace svcmgr
