#pragma once

#include <optional>
#include <string_view>

#include "drivers/files/files.h"

namespace svcmgr {

/// How much a node is short of something, from /proc/pressure: the share of the last ten seconds, in percent, in which some process waited
/// for it. Nothing when the text is something else, or the kernel does not tell.
std::optional<double> parse_pressure(std::string_view text);

/// How many services, or steps of one, may act at once on this node: two for each processor and at least four, fewer while it is short of
/// processors or of disks, one at a time while it is short of memory (a start storm after a boot must not make it worse). Looks at the
/// node; at least 1.
unsigned actions_at_once(const Files& files);

}  // namespace svcmgr
