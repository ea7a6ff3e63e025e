#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/action/planner.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/outlook.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/diagram.h"

namespace svcmgr {

/// What an action of the command line asks of a service's selected resources. Throws Error `invalid` for a word that is none.
Request request_for(const Context& context, const Service& service, const Selection& selection, std::string_view action);

/// Whether --by-engine says that a cluster engine asks.
Request::By asked_by(const CommandLine& line);

/// Does one of these words on a service, or shows its plan with --dry-run; returns the exit code.
int act_on(Context& context, const LoadedService& loaded, std::string_view word);

Command boot_command();

/// `status --heal`: takes again what the reservations of running guests have lost to nobody, and does what `fenced_action` says about
/// those that another node has taken. What fails is printed.
void heal_reservations(Context& context, const std::string& service);

/// What a start here would meet once the node `source` runs it no more. Throws Error.
Outlook outlook_of_start(Context& context, const LoadedService& loaded, const std::string& source, bool force);

/// The words that request_for() knows.
std::vector<std::string> action_names();

/// Prints a plan in the format that was asked for; the exit code says whether a guard refuses it.
int show_plan(Context& context, const Plan& plan);

/// Draws as --format asks: dot, svg or, for everything else, a tree.
void show_diagram(Context& context, const Diagram& diagram);

/// What does an action once the watchers are there; nothing when there was none to do.
using Doer = std::function<std::optional<Outcome>(const ActOptions&, const std::vector<ActionWatcher*>&)>;

/// Does an action as the command line's options say, with its progress on stderr and in the service's log file, and prints how it ended.
/// Returns its exit code; 0 when there was none to do.
int do_action(Context& context, const std::string& service, const Doer& doer);

}  // namespace svcmgr
