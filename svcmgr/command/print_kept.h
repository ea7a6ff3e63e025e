#pragma once

#include "svcmgr/command/command.h"

namespace svcmgr {

/// `print status --cached`: the services as `status --heal` saw them last.
int print_kept_status(Context& context);

}  // namespace svcmgr
