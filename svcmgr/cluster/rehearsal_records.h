#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/world.h"
#include "svcmgr/journal/journal.h"

namespace svcmgr {

/// What the journal of this node has of one rehearsal.
struct RehearsalRecord {
    std::string sid;
    WallTime begun;
    ActionState state = ActionState::done;  ///< `interrupted` as well for one whose process is gone and that nobody has ended
    /// From its begin until the copies were as usable as after a start, looking aside: what a disaster would take at the least. Nothing
    /// when they never were.
    std::optional<Duration> usable_after;
    std::string problem;  ///< the step that failed, and why; empty when none did
};

/// The newest ones, newest first, at most `count`. Empty when the journal can't be read. Never throws.
std::vector<RehearsalRecord> rehearsal_records(World world, const Path& database, const std::string& service, std::size_t count);

/// What the last one that went well took; nothing when none of them did.
std::optional<Duration> recovery_time(const std::vector<RehearsalRecord>& rehearsals);

}  // namespace svcmgr
