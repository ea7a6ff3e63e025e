#pragma once

#include <string>
#include <vector>

#include "drivers/files/files.h"
#include "resources/mounts.h"

namespace svcmgr {

/// Who keeps a mount point from being unmounted, in words: processes with a file or their current or root directory there, as far as /proc
/// shows them ("tail (pid 4711)"), file systems mounted below, loop devices whose file is there. Links are read and not followed, so that a
/// file system that hangs does not hang this.
std::vector<std::string> holders_of(const Files& files, const Mounts& mounts, const Path& point);

/// "held by tail (pid 4711), the mount /srv/a/b and 3 more", or "nobody known holds it".
std::string held_by(const std::vector<std::string>& holders);

}  // namespace svcmgr
