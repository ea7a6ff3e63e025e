#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/journal/journal.h"

namespace svcmgr {

/// How far each step of a plan has come, and which can begin now. Steps are named by their index in the plan.
class StepBoard {
public:
    /// `plan` outlives the board.
    explicit StepBoard(const Plan& plan);

    StepState state(std::size_t step) const { return states_[step]; }
    Effect effect(std::size_t step) const { return effects_[step]; }
    void set(std::size_t step, StepState state) { states_[step] = state; }
    /// `possible` from the step's beginning, unless it failed before it changed something.
    void set(std::size_t step, Effect effect) { effects_[step] = effect; }

    /// The first planned step whose predecessors have all ended. Later verbs of a resource whose earlier one failed make no sense and are
    /// skipped on the way; other resources go on.
    std::optional<std::size_t> ready();
    /// A step that failed, or was skipped, of something that this one's resource requires (it was optional, and was passed over); else
    /// null.
    const Step* failed_requirement(std::size_t step) const;
    /// Done, failed or skipped, every one.
    bool all_ended() const;
    /// What the journal has of the steps, for those who also work with what it has of a killed action.
    std::vector<StepRecord> records() const;

private:
    const Step& step_of(int id) const { return plan_.steps[static_cast<std::size_t>(id - 1)]; }
    StepState state_of(int id) const { return states_[static_cast<std::size_t>(id - 1)]; }
    bool pointless(const Step& step) const;

    const Plan& plan_;
    std::vector<StepState> states_;
    std::vector<Effect> effects_;
};

}  // namespace svcmgr
