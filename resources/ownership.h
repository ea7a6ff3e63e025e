#pragma once

#include <string>
#include <vector>

#include "drivers/files/files.h"
#include "drivers/world.h"
#include "resources/resource.h"

namespace svcmgr {

// The keywords `user`, `group` and `perm` of directories and of raw devices.

/// What of them differs at a path, in words: "its owner is root, not oracle". Names are looked up by programs that can be given up.
std::vector<std::string> ownership_differences(World& world, const Options& options, const FileFacts& facts, Deadline deadline);

/// Sets what the section says, by chown(1), chgrp(1) and chmod(1). Throws Error.
void set_ownership(const Options& options, const Path& path, Doing& doing);

}  // namespace svcmgr
