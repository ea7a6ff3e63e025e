#pragma once

#include "svcmgr/cluster/kept_drill.h"
#include "svcmgr/command/command.h"

namespace svcmgr {

/// With --drill: what the last drills found. What can't be read is said on stderr.
KeptDrill recall_drill_for(Context& context);

/// `print status --cached`: the services as `status --heal` saw them last.
int print_kept_status(Context& context);

}  // namespace svcmgr
