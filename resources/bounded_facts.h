#pragma once

#include <tl/expected.hpp>

#include "drivers/files/files.h"
#include "drivers/world.h"
#include "resources/mounts.h"

namespace svcmgr {

/// Facts of what a path leads to, in time: of a path on a file system that may hang (see Mount) a program asks, which can be given up.
/// Links are followed; one that leads from a local file system to one that hangs is not foreseen.
tl::expected<FileFacts, FileProblem> bounded_facts(World& world, const Mounts& mounts, const Path& path, Deadline deadline);

}  // namespace svcmgr
