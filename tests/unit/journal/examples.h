#pragma once

#include <string>

#include "svcmgr/journal/journal.h"

namespace svcmgr {

inline ActionRecord example_record(const std::string& action, WallTime begun) {
    ActionRecord record;
    record.service = "vm188";
    record.action = action;
    record.argv = {"svcmgr", "-s", "vm188", action};
    record.caller = {"root", "", ""};
    record.node = "node109";
    record.process = {"boot-1", 100, 5};
    record.begun = begun;
    record.aim.goal = Goal::up;
    return record;
}

/// A guard that says no, a step that can be undone, one that waits for it, and something that needs nothing.
inline Plan example_plan() {
    Plan plan{.service = "vm188", .action = "start"};
    Step guard{.id = 1, .verb = "not up elsewhere", .reason = "node110, node111"};
    guard.refusal.emplace(Error::Code::refused, "vm188 runs on node110", "container#1", "stop it there");
    Step start{.id = 2, .rid = Rid("container#1"), .verb = "start", .reason = "vm188 is shut off", .deadline = std::chrono::minutes(2)};
    start.expected = std::chrono::milliseconds(1500);
    start.undo = "stop";
    start.undo_deadline = std::chrono::minutes(3);
    Step wait{.id = 3,
              .rid = Rid("container#1"),
              .verb = "wait up",
              .after = {1, 2},
              .reason = "started by step 2",
              .deadline = std::chrono::minutes(5)};
    wait.on_failure = Step::OnFailure::go_on;
    plan.steps = {guard, start, wait};
    plan.left_alone = {{Rid("ip#1"), "it is up"}};
    return plan;
}

/// `count` steps that don't wait for each other.
inline Plan wide_plan(int count) {
    Plan plan{.service = "vm188", .action = "start"};
    for (int id = 1; id <= count; ++id)
        plan.steps.push_back(
            {.id = id, .rid = Rid("app#" + std::to_string(id)), .verb = "start", .deadline = std::chrono::seconds(1), .undo = "stop"});
    return plan;
}

}  // namespace svcmgr
