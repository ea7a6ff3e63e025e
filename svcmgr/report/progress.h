#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "drivers/world.h"
#include "svcmgr/action/runner.h"
#include "svcmgr/journal/service_log.h"
#include "svcmgr/journal/system_log.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

// The stream and the world's parts outlive the watcher. Times are UTC: the world's clock knows no other. What guests and tools print is
// shown, and never steers a terminal.

/// One line an event, for pipes, cron mail and log collectors: `10:02:11 vm188 container#1 start: done in 0.4 s`.
std::unique_ptr<ActionWatcher> line_progress(std::ostream& out, World world);

/// One line a running step with a clock and its usual duration, redrawn in place; a line that stays for each step that ended. When the
/// watcher goes, also in the middle of an action, the cursor stands at the beginning of an empty line.
std::unique_ptr<ActionWatcher> terminal_progress(std::ostream& out, World world, const Style& style);

/// Appends every event to the service's log file (`2026-11-20 10:02:11,123 - vm188.container#1 - INFO - start: done in 0.4 s`,
/// contract.md 12.2), see LogWriter. A log that can't be written never fails an action: the line is lost, and
/// the next one is tried again.
std::unique_ptr<ActionWatcher> log_file_progress(World world, const Path& log_file, const LogLimits& limits = {});

/// Hands every event to the system's log, with service, rid, action and sid as fields of their own, see SystemLog. Never fails an action.
std::unique_ptr<ActionWatcher> system_log_progress(World world, const Path& root);

}  // namespace svcmgr
