#pragma once

#include <map>
#include <optional>
#include <string>

#include "drivers/clock.h"
#include "resources/resource.h"

namespace svcmgr {

/// An action that was killed: its owner is gone and its end was never written.
struct Interrupted {
    std::string sid;
    std::string action;
    std::string step;  ///< the step that was running, or the last one that ended; empty before the first
    WallTime since;    ///< when the action began
};

/// Another service that this one has to do with: a parent, a child, one that it must or must not share the node with.
struct OtherService {
    std::optional<Status> avail;
    std::string problem;  ///< why its status is not known; empty when it is
};

/// What one look at a whole service on this node returned. A value: printed, planned from, written to the inventory.
struct Observation {
    WallTime observed;
    bool frozen = false;       ///< this service is frozen here
    bool node_frozen = false;  ///< every service of this node is
    std::string frozen_note;   ///< who froze it: "since 2026-11-20T10:00:00Z by anna: new disk"; empty when nobody did
    /// Who acts on it now: "stop by anna (pid 4711) since 2026-11-20T10:00:00Z".
    std::optional<std::string> acting;
    std::map<Rid, ResourceObservation> resources;
    std::map<std::string, OtherService> others;  ///< by the words of `parents` and their like; only when a plan is to be made
    std::optional<Interrupted> interrupted;
    /// Why the journal could not be asked; empty when it was. Status goes on without it.
    std::string journal_problem;
};

}  // namespace svcmgr
