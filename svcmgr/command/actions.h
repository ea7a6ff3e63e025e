#pragma once

#include <string_view>

#include "svcmgr/action/planner.h"
#include "svcmgr/command/command.h"

namespace svcmgr {

/// What an action of the command line asks of a service's selected resources. Throws Error `invalid` for a word that is none.
Request request_for(const Context& context, const Selection& selection, std::string_view action);

/// Prints a plan in the format that was asked for; the exit code says whether a guard refuses it.
int show_plan(Context& context, const Plan& plan);

}  // namespace svcmgr
