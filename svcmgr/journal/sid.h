#pragma once

#include <cstdint>
#include <string>

#include "drivers/clock.h"
#include "drivers/process/processes.h"

namespace svcmgr {

/// The name of an action: a UUID version 7 (RFC 9562, 5.7), so that names sort by time, to the microsecond and then by `serial`.
/// The part that the RFC leaves to chance is a digest of who made it: the node, the process, and the action's number in that node's
/// database. Two actions can't share all of these, and a simulation that is run again gives the same names.
std::string make_sid(WallTime time, const std::string& node, const ProcessId& process, std::int64_t serial);

/// Its last eight digits, which are as good as random: what people see and may type in its place.
std::string short_sid(const std::string& sid);

}  // namespace svcmgr
