#pragma once

#include "svcmgr/command/command.h"

namespace svcmgr {

/// Prints what the containers that --rid chooses wrote, by time; with --follow until a signal comes. Returns the exit code.
int print_guest_output(Context& context);

}  // namespace svcmgr
