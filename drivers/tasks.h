#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "drivers/clock.h"

namespace svcmgr {

/// Tasks that were started for one purpose and are waited for by one caller.
class TaskGroup {
public:
    using Id = std::uint64_t;

    /// Waits for every task of the group.
    virtual ~TaskGroup() = default;
    /// Runs `work` beside the caller. `work` must not throw.
    virtual Id spawn(std::function<void()> work) = 0;
    /// Waits until a task of this group that was not reported before has ended, and reports it; nothing once `deadline` passed, when a
    /// signal is pending, or when no task of the group is left to report.
    virtual std::optional<Id> wait_any(Deadline deadline) = 0;
};

/// Work that goes on side by side. Threads in production; in the simulation the same, one at a time, in an order that the seed decides.
class Tasks {
public:
    virtual ~Tasks() = default;
    virtual std::unique_ptr<TaskGroup> group() = 0;
};

/// Runs all of `work` side by side and returns when all have ended. For looks, which bound themselves. A single one runs in the caller.
void run_together(Tasks& tasks, const std::vector<std::function<void()>>& work);
/// The same, with at most `at_once` of them at a time; they begin in their order. Of more than that, as many go on side by side as it
/// takes: work that waits for nobody shares a few threads, and what waits gets more and more of them.
void run_together(Tasks& tasks, const Clock& clock, const std::vector<std::function<void()>>& work, std::size_t at_once);

}  // namespace svcmgr
