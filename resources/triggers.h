#pragma once

#include <string>
#include <string_view>

#include "resources/resource.h"

namespace svcmgr {

// The commands that an env file puts around what is done to a resource (contract.md 2.5, 4.4): pre_start, blocking_pre_start, the
// resource's own verbs, post_start, blocking_post_start; the same with stop and run. Each is a verb of its own, so that a plan shows it,
// the journal has it and the history knows how long it takes. They run around what is done: a resource that is left alone runs none.

/// Whether a verb is a trigger.
bool is_trigger(std::string_view verb);

/// What a resource needs, with its triggers around. Without verbs it stays as it is.
Intent with_triggers(const Resource& resource, Goal goal, Intent intent);

/// Does a verb of a plan: a trigger, or one of the resource's own. A trigger that does not block reports its failure as a note.
void perform(const Resource& resource, const std::string& verb, Doing& doing);

/// Undoes a verb by another one. Undoing a start is a stop, and has the triggers of one.
void undo(const Resource& resource, const std::string& verb, const std::string& by, Doing& doing);

}  // namespace svcmgr
