#include "svcmgr/report/outcome.h"

#include <doctest/doctest.h>

#include "tests/unit/journal/examples.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

std::vector<StepState> states_of(const OutcomeCollector& collector) {
    std::vector<StepState> states;
    for (const auto& step : collector.steps()) states.push_back(step.state);
    return states;
}

using States = std::vector<StepState>;

}  // namespace

// If this fails, what a program reads about an action is not what happened (design.md 6.5).
TEST_CASE("the collector knows how each step ended") {
    OutcomeCollector collector;
    const Plan plan = example_plan();
    collector.begun("1", plan);
    CHECK(states_of(collector) == States{StepState::planned, StepState::planned, StepState::planned});
    collector.step_begun(plan.steps[1]);
    CHECK(states_of(collector) == States{StepState::done, StepState::begun, StepState::planned});
    collector.step_note(plan.steps[1], LogLine::Level::warn, "autostart is on");
    collector.step_done(plan.steps[1], 2s);
    collector.step_begun(plan.steps[2]);
    collector.step_failed(plan.steps[2], Error(Error::Code::failed, "no answer"), 3s);
    CHECK(states_of(collector) == States{StepState::done, StepState::done, StepState::failed});
    collector.undone(plan.steps[1], 1s);
    CHECK(states_of(collector) == States{StepState::done, StepState::undone, StepState::failed});
    CHECK(collector.steps()[1].elapsed == 2s);
    CHECK(collector.steps()[1].notes == std::vector<LogLine>{{LogLine::Level::warn, "autostart is on"}});
    CHECK(collector.steps()[2].error == "no answer");
    collector.undo_failed(plan.steps[2], Error(Error::Code::failed, "gone"));
    CHECK(collector.steps()[2].state == StepState::undo_failed);
    CHECK(collector.steps()[2].error == "no answer; then its undoing failed: gone");
}

TEST_CASE("what was not reached is skipped, unless the action was refused") {
    OutcomeCollector collector;
    const Plan plan = example_plan();
    collector.begun("1", plan);
    collector.step_failed(plan.steps[0], *plan.steps[0].refusal, Duration::zero());
    Outcome outcome;
    outcome.state = ActionState::refused;
    collector.ended(outcome);
    CHECK(states_of(collector) == States{StepState::failed, StepState::planned, StepState::planned});
    collector.begun("2", plan);
    collector.step_begun(plan.steps[1]);
    collector.step_failed(plan.steps[1], Error(Error::Code::failed, "no"), 1s);
    outcome.state = ActionState::failed;
    collector.ended(outcome);
    CHECK(states_of(collector) == States{StepState::done, StepState::failed, StepState::skipped});
}

TEST_CASE("a step that talks without end does not fill the memory") {
    OutcomeCollector collector;
    const Plan plan = example_plan();
    collector.begun("1", plan);
    for (int i = 0; i < 5000; ++i) collector.step_note(plan.steps[1], LogLine::Level::info, "again");
    CHECK(collector.steps()[1].notes.size() == 1000);
}
