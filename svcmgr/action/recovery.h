#pragma once

#include <optional>
#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

// After svcmgr was killed in the middle of an action (design.md 6, promise 3) there are two ways on. Both are about the newest action that
// was interrupted; undoings that were interrupted themselves are passed over: the action that they were to reverse is still the one.

/// The interrupted action that a recovery is about, among the open ones of a service (newest first); null when there is none.
const ActionHistory* interrupted_action(const std::vector<ActionHistory>& open);

/// What to ask for to complete it: the same goal, groups and resources. Nothing when the record does not say them.
std::optional<Request> redo_request(const ActionHistory& interrupted);

/// The plan for that case: a guard that says no.
Plan unknown_redo_plan(const ActionHistory& interrupted);

/// Reverses exactly what it had done, newest first, and nothing else. Guards refuse when the service is frozen (`force` acts all the
/// same), when it changed something that nothing undoes (what is stopped), and when the service has lost one of its resources since.
/// What lives in a container that is down by now is left alone. A pure function, as make_plan is.
Plan undo_plan(const Service& service, const ActionHistory& interrupted, const Observation& observation, const Request& request);

/// The request for that: action "undo start", and the resources that have to be looked at.
Request undo_request(const ActionHistory& interrupted);

}  // namespace svcmgr
