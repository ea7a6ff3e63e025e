#pragma once

#include "drivers/error.h"
#include "svcmgr/cluster/env_change.h"
#include "svcmgr/command/command.h"

namespace svcmgr {

/// Prints what is to be said about a changed env file; throws `refusal` when the change was refused.
void show_change(Context& context, const EnvChange& change, const Error& refusal);

}  // namespace svcmgr
