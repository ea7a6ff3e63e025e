#include "svcmgr/action/step_board.h"

#include <algorithm>

namespace svcmgr {

namespace {

bool came_to_nothing(StepState state) {
    return state == StepState::failed || state == StepState::skipped;
}

bool has_ended(StepState state) {
    return state == StepState::done || came_to_nothing(state);
}

}  // namespace

StepBoard::StepBoard(const Plan& plan)
    : plan_(plan), states_(plan.steps.size(), StepState::planned), effects_(plan.steps.size(), Effect::none) {}

std::optional<std::size_t> StepBoard::ready() {
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const Step& step = plan_.steps[i];
        if (states_[i] != StepState::planned) continue;
        if (pointless(step))
            states_[i] = StepState::skipped;
        else if (std::ranges::all_of(step.after, [this](int id) { return has_ended(state_of(id)); }))
            return i;
    }
    return {};
}

bool StepBoard::pointless(const Step& step) const {
    return std::ranges::any_of(step.after, [&](int id) { return step_of(id).rid == step.rid && came_to_nothing(state_of(id)); });
}

const Step* StepBoard::failed_requirement(std::size_t step) const {
    for (const int id : plan_.steps[step].needs)
        if (came_to_nothing(state_of(id))) return &step_of(id);
    return nullptr;
}

bool StepBoard::all_ended() const {
    return std::ranges::all_of(states_, has_ended);
}

std::vector<StepRecord> StepBoard::records() const {
    std::vector<StepRecord> records;
    records.reserve(states_.size());
    for (std::size_t i = 0; i < states_.size(); ++i)
        records.push_back({.step = plan_.steps[i], .state = states_[i], .effect = effects_[i]});
    return records;
}

}  // namespace svcmgr
