#pragma once

#include "svcmgr/report/history.h"
#include "tests/unit/journal/examples.h"

namespace svcmgr {

inline constexpr const char* example_sid = "0198f3a1-b2c3-7000-8000-000000000001";
inline constexpr const char* other_sid = "0198f3a1-b2c3-7000-8000-0000deadbeef";

/// The example plan, run: its step 2 took 3 s and was undone after step 3 had failed. Everything that can be told is there.
inline JournaledAction example_action() {
    using namespace std::chrono_literals;
    JournaledAction told;
    ActionRecord& record = told.history.action;
    record = example_record("start", WallTime(std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 10h));
    record.sid = example_sid;
    record.argv = {"-s", "vm188", "start", "--reason", "new disk"};
    record.reason = "new disk";
    record.caller = {"root", "anna", "10.0.0.7"};
    record.aim = {Goal::up, std::set{Group::container}, std::set{Rid("container#1")}, other_sid};
    told.state = told.history.state = ActionState::undone;
    told.history.ended = record.begun + 6s;
    told.history.exit_code = 1;
    told.history.closed_by = other_sid;
    told.elapsed = 6s;
    const Plan plan = example_plan();
    told.history.left_alone = plan.left_alone;
    for (const Step& step : plan.steps) told.history.steps.push_back({.step = step});
    StepRecord& start = told.history.steps[1];
    start.state = StepState::undone;
    start.begun = record.begun + 500ms;
    start.ended = record.begun + 3500ms;
    start.elapsed = 3s;
    start.evidence = "running, pid 4711";
    start.undone = record.begun + 6s;
    start.undo_evidence = "undone in 1 s";
    StepRecord& wait = told.history.steps[2];
    wait.state = StepState::failed;
    wait.begun = record.begun + 3500ms;
    wait.ended = record.begun + 5s;
    wait.elapsed = 1500ms;
    wait.evidence = "vm188 does not answer";
    return told;
}

}  // namespace svcmgr
