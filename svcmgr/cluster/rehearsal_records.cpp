#include "svcmgr/cluster/rehearsal_records.h"

#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/cluster/rehearsal.h"

namespace svcmgr {

namespace {

/// Of the service's last actions: older ones are no measure any more.
constexpr int actions_to_search = 100;

RehearsalRecord record_of(World world, const ActionHistory& history) {
    RehearsalRecord record{history.action.sid, history.action.begun, history.state, Duration::zero(), {}};
    if (history.state == ActionState::running && !world.processes.alive(history.action.process)) record.state = ActionState::interrupted;
    for (const StepRecord& one : history.steps) {
        const bool counts = !one.step.guard() && !Rehearsal::tears_down(one.step.verb);
        if (counts && one.state != StepState::done) record.usable_after.reset();
        if (counts && record.usable_after) *record.usable_after += one.elapsed.value_or(Duration::zero());
        if (one.state == StepState::failed && record.problem.empty()) record.problem = fmt::format("{}: {}", one.step.name(), one.evidence);
        if (one.step.guard() && one.step.refusal && record.problem.empty())
            record.problem = fmt::format("{}: {}", one.step.name(), one.step.refusal->message());
    }
    if (history.state == ActionState::refused) record.usable_after.reset();
    return record;
}

}  // namespace

std::vector<RehearsalRecord> rehearsal_records(World world, const Path& database, const std::string& service, std::size_t count) {
    std::vector<RehearsalRecord> records;
    for (const ActionHistory& history : JournalReader(world, database).actions(service, actions_to_search))
        if (history.action.action == Rehearsal::action && records.size() < count) records.push_back(record_of(world, history));
    return records;
}

std::optional<Duration> recovery_time(const std::vector<RehearsalRecord>& rehearsals) {
    const auto well = std::ranges::find(rehearsals, ActionState::done, &RehearsalRecord::state);
    return well == rehearsals.end() ? std::nullopt : well->usable_after;
}

}  // namespace svcmgr
