#pragma once

#include "drivers/process/processes.h"

namespace svcmgr {

/// How two programs ended, of which one wrote what the other read.
struct PipeResult {
    CommandResult from;  ///< `out` is empty: the other one had it
    CommandResult to;

    bool ok() const { return from.ok() && to.ok(); }
};

/// What Processes are besides where programs can be joined.
class PipesPrograms {
public:
    virtual ~PipesPrograms() = default;
    /// Runs both, each as Processes::run does, until both have ended: whatever `from` writes goes to `to`, in whatever amount, and never
    /// through this process. When one ends, the other meets the end of the pipe. Never throws.
    virtual PipeResult pipe(const Argv& from, const Argv& to, Deadline deadline) = 0;
};

}  // namespace svcmgr
