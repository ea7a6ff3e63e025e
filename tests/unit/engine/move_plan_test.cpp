#include "svcmgr/action/move_plan.h"

#include <doctest/doctest.h>

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

Step step(int id, const std::string& rid, const std::string& verb, std::vector<int> after, Duration deadline = 10s) {
    Step step;
    step.id = id;
    step.rid = Rid(rid);
    step.verb = verb;
    step.after = std::move(after);
    step.deadline = deadline;
    return step;
}

/// Two launchers side by side, then the container.
Plan stop_plan() {
    Plan plan{.service = "vm188", .action = "switch"};
    plan.steps = {step(1, "", "check frozen", {}, 0s), step(2, "", "check host mode", {1}, 0s), step(3, "app#1", "stop", {2}),
                  step(4, "app#2", "stop", {2}), step(5, "container#1", "stop", {3, 4})};
    plan.steps[2].on_failure = Step::OnFailure::go_on;
    plan.steps[4].needs = {3};
    return plan;
}

std::string in_words(const Plan& plan) {
    std::string text;
    for (const Step& one : plan.steps) {
        text += std::to_string(one.id) + " " + one.name();
        for (const int id : one.after) text += " <" + std::to_string(id);
        text += "\n";
    }
    return text;
}

}  // namespace

// If this fails, a target is asked to start what has not been stopped here yet.
TEST_CASE("the target starts it when everything here is stopped, and nothing here is stopped before every check") {
    const Plan plan = move_plan(stop_plan(), "node1", "node2", {{"check node2", "", {}, {}}, {"check env file", "", {}, {}}}, 5min);
    CHECK(
        in_words(plan) ==
        "1 check frozen\n2 check host mode <1\n3 check node2 <2\n4 check env file <3\n5 leave node1 <4\n6 app#1 stop <5\n7 app#2 stop <5\n"
        "8 container#1 stop <6 <7\n9 start on node2 <8\n");
    CHECK(plan.steps[7].needs == std::vector{6});
    CHECK(plan.steps[4].undo == "start here again");
    CHECK(plan.steps[8].undo == "stop on node2");
    CHECK(plan.steps[8].deadline == 5min);
    CHECK(plan.steps[5].on_failure == Step::OnFailure::ignore);
    CHECK(plan.steps[7].on_failure == Step::OnFailure::give_up);
}

TEST_CASE("what does not run here is not started here again") {
    Plan stop = stop_plan();
    stop.steps.resize(2);
    CHECK(in_words(move_plan(stop, "node1", "node2", {}, 5min)) == "1 check frozen\n2 check host mode <1\n3 start on node2 <2\n");
}

TEST_CASE("the journal says where it was to go") {
    ActionHistory history;
    for (const Step& one : move_plan(stop_plan(), "node1", "node2", {}, 1min).steps) history.steps.push_back({.step = one});
    CHECK(target_of(history) == "node2");
    history.steps.pop_back();
    CHECK(target_of(history).empty());
}
