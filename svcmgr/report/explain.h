#pragma once

#include <optional>
#include <string>
#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/report/status.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

/// Why a service is in its state, and what stands in an action's way.
struct Explanation {
    ServiceView view;
    std::string node;
    const Plan& plan;
    /// Who acts on the service now; nothing when nobody does.
    /// All that the action would be turned away by, in the order in which it would meet them: errors of the env file, the lock, room for
    /// the record, then the guards.
    std::vector<Error> obstacles;
};

/// The answer first: the state, whether the action can be done, and what to do when it can't; then the evidence.
std::string explanation_text(const Explanation& explanation, const Style& style);

/// `svcmgr.explain/1`. `exit_code` is that of the first obstacle, 0 without one.
std::string explanation_json(const Explanation& explanation, int exit_code);

}  // namespace svcmgr
