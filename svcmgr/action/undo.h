#pragma once

#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/journal/journal.h"

namespace svcmgr {

/// What has to be reversed of an action whose steps ended like this: a rollback does it at once, `recover --undo` after a kill. Every step
/// that was begun, that may have changed something, that can be undone and is not undone yet becomes one step: its `verb` is the other's
/// `undo`, its `id` is the other's. Newest first (a step's number is higher than those of the steps that it waited for), each behind the
/// one before; that one fails keeps none of the others from being tried.
std::vector<Step> steps_to_undo(const std::vector<StepRecord>& steps);

/// Whether a step failed half way, and nothing that `steps_to_undo` gives will put that right: it has no way back, and it is not one that
/// only waits for what an earlier step of its resource did.
bool left_in_the_middle(const std::vector<StepRecord>& steps);

}  // namespace svcmgr
