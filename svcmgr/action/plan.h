#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "resources/rid.h"

namespace svcmgr {

/// One verb on one resource, or a guard (a check that can refuse the whole action; guards come first and change nothing).
struct Step {
    int id = 0;  ///< counts from 1 within the plan
    Rid rid;     ///< empty for a guard of the service itself
    std::string verb;
    std::vector<int> after;  ///< ids of the steps that must be done before
    std::vector<int> needs;  ///< ids of the steps of what its resource requires: when one of them failed it is not begun
    std::string reason;      ///< why it is needed; for a guard: what it looks at
    Duration deadline{};
    std::optional<Duration> expected;  ///< the usual duration, from the journal's history
    std::string undo;                  ///< the verb that undoes it; empty when it changes nothing
    std::string undone_verb;           ///< the verb that this step undoes; empty for a step that goes forward
    Duration undo_deadline{};
    std::optional<Error> refusal;  ///< a guard that says no
    std::string risk;              ///< of a guard that --force has passed: what may come of it
    int undoes = 0;                ///< of a recovery's step: the id of the step that it reverses, in the interrupted action

    /// What the failure of this step means for the rest of the action.
    enum class OnFailure {
        give_up,  ///< nothing more is begun; what was done is undone when starting
        go_on,    ///< the rest is done all the same, and the action fails in the end
        ignore,   ///< of an optional resource: reported, and passed over
    } on_failure = OnFailure::give_up;

    bool guard() const { return deadline == Duration::zero(); }
    std::string name() const { return rid.text().empty() ? verb : rid.text() + " " + verb; }
};

/// The words for a risk that --force takes: with the --reason that was given for it, when there was one.
std::string taken_risk(std::string risk, const std::string& reason);

struct LeftAlone {
    Rid rid;
    std::string reason;
};

/// What an action will do: data, made by the planner, printed by --dry-run and `print plan`, run by the runner. `svcmgr.plan/1`.
struct Plan {
    std::string service;
    std::string action;
    std::vector<Step> steps;
    std::vector<LeftAlone> left_alone;

    /// The first guard that says no.
    const Step* refused() const;
    bool changes_something() const;
};

}  // namespace svcmgr
