#pragma once

#include "drivers/real_signals.h"
#include "drivers/tasks.h"

namespace svcmgr {

/// A thread for each task; none is started before the first spawn.
/// `group` and `spawn` throw Error `failed` when the system has no descriptors or no threads left.
class RealTasks : public Tasks {
public:
    /// `signals` outlives the groups.
    explicit RealTasks(const RealSignals& signals) : signals_(signals) {}

    std::unique_ptr<TaskGroup> group() override;

private:
    const RealSignals& signals_;
};

}  // namespace svcmgr
