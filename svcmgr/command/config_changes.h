#pragma once

#include "drivers/error.h"
#include "svcmgr/cluster/env_change.h"
#include "svcmgr/command/command.h"

namespace svcmgr {

/// Prints what is to be said about a changed env file; throws `refusal` when the change was refused.
void show_change(Context& context, const EnvChange& change, const Error& refusal);

/// Throws for a keyword without a value where values are wanted.
void refuse_params(const Context& context);

Command create_command();

}  // namespace svcmgr
