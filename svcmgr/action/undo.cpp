#include "svcmgr/action/undo.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

bool may_have_changed(const StepRecord& record) {
    switch (record.state) {
        case StepState::begun:
        case StepState::done:
        case StepState::undo_failed: return true;
        case StepState::failed: return record.effect == Effect::possible;
        case StepState::planned:
        case StepState::undone:
        case StepState::skipped: return false;
    }
    return true;
}

std::string reason_of(const StepRecord& record) {
    switch (record.state) {
        case StepState::done: return fmt::format("{} was done", record.step.name());
        case StepState::failed: return fmt::format("{} failed, how far it got is not known", record.step.name());
        case StepState::undo_failed: return fmt::format("{} could not be undone so far", record.step.name());
        default: return fmt::format("{} was begun, how far it got is not known", record.step.name());
    }
}

}  // namespace

std::vector<Step> steps_to_undo(const std::vector<StepRecord>& steps) {
    std::vector<Step> undoing;
    for (auto record = steps.rbegin(); record != steps.rend(); ++record) {
        if (record->step.guard() || record->step.undo.empty() || !may_have_changed(*record)) continue;
        Step step;
        step.id = record->step.id;
        step.rid = record->step.rid;
        step.verb = record->step.undo;
        step.undone_verb = record->step.verb;
        step.reason = reason_of(*record);
        step.deadline = record->step.undo_deadline;
        step.on_failure = Step::OnFailure::go_on;
        if (!undoing.empty()) step.after.push_back(undoing.back().id);
        undoing.push_back(std::move(step));
    }
    return undoing;
}

bool left_in_the_middle(const std::vector<StepRecord>& steps) {
    const auto undone_with_its_resource = [&](const StepRecord& failed) {
        return std::ranges::any_of(steps, [&](const StepRecord& other) {
            return other.step.rid == failed.step.rid && !other.step.undo.empty() && may_have_changed(other);
        });
    };
    return std::ranges::any_of(steps, [&](const StepRecord& record) {
        return record.state == StepState::failed && may_have_changed(record) && record.step.undo.empty() && !record.step.guard() &&
               !undone_with_its_resource(record);
    });
}

}  // namespace svcmgr
