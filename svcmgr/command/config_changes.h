#pragma once

#include "svcmgr/cluster/env_change.h"
#include "svcmgr/command/command.h"

namespace svcmgr {

/// Prints what is to be said about a changed env file. Returns 0; throws Error `invalid` when the change was refused.
int show_change(Context& context, const EnvChange& change);

}  // namespace svcmgr
