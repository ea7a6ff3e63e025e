#pragma once

#include <string>

#include "drivers/engine/cib.h"
#include "drivers/process/processes.h"

namespace svcmgr {

/// What the cluster engine of this node, Pacemaker, says of itself.
struct EngineAnswer {
    enum class State {
        answers,
        not_installed,  ///< there is no `cibadmin`
        not_running,    ///< nobody listens where it would
        unknown,        ///< no answer in time, or none that can be read
    } state = State::unknown;
    Cib cib;             ///< of `answers`
    std::string reason;  ///< of all others, for people
};

/// Asks `cibadmin --query`, once for all resources. Never throws.
EngineAnswer ask_engine(Processes& processes, Deadline deadline);

}  // namespace svcmgr
