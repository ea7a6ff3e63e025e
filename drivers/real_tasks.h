#pragma once

#include "drivers/real_signals.h"
#include "drivers/tasks.h"
#include "drivers/thread_pool.h"

namespace svcmgr {

/// A thread for each task, kept for the next one; none is started before the first spawn.
/// `group` and `spawn` throw Error `failed` when the system has no descriptors or no threads left.
class RealTasks : public Tasks {
public:
    /// `signals` and this outlive the groups.
    explicit RealTasks(const RealSignals& signals) : signals_(signals) {}

    std::unique_ptr<TaskGroup> group() override;

private:
    const RealSignals& signals_;
    ThreadPool threads_;
};

}  // namespace svcmgr
