#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/action/planner.h"
#include "svcmgr/command/command.h"

namespace svcmgr {

/// What an action of the command line asks of a service, with --rid and --force. Throws Error `invalid` for a word that is none.
Request request_for(Context& context, const Service& service, std::string_view action);

/// The words that request_for() knows.
std::vector<std::string> action_names();

/// Prints a plan in the format that was asked for; the exit code says whether a guard refuses it.
int show_plan(Context& context, const Plan& plan);

}  // namespace svcmgr
