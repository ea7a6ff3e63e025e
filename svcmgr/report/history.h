#pragma once

#include <string>
#include <vector>

#include "svcmgr/journal/journal.h"
#include "svcmgr/report/json.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

// What the journal has, for people and for programs. Who acted, why, and what was seen are foreign texts: they never steer a terminal.

/// "anna as root from 10.0.0.7"
std::string caller_text(const Caller& caller, const Style& style);

/// A command line as one can type it again.
std::string command_text(const std::vector<std::string>& argv, const Style& style);

/// Of an action without an end whose process is gone: `interrupted`, as it will be called once another has completed it.
struct JournaledAction {
    ActionHistory history;
    ActionState state = ActionState::running;
    /// Until now for one that runs; nothing for one that was interrupted.
    std::optional<Duration> elapsed;
};

/// Several actions as a table, in their order: begin, short sid, service, action, state, elapsed, who, reason.
std::string actions_text(const std::vector<JournaledAction>& actions, const Style& style);
/// `svcmgr.actions/1`
std::string actions_json(const std::vector<JournaledAction>& actions);

/// One action with all that is known of it.
std::string action_text(const JournaledAction& action, const Style& style);
/// `svcmgr.action/1`
std::string action_json(const JournaledAction& action);

/// `sid`, `service`, `action`, `state` … : what both documents have of an action, into the object that is open.
void write_action_members(JsonWriter& json, const JournaledAction& action);

}  // namespace svcmgr
