#include "svcmgr/action/step_board.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

struct Said {
    const char* rid;
    std::vector<int> after;
    std::vector<int> needs = {};
};

Plan plan_of(const std::vector<Said>& steps) {
    Plan plan;
    for (const Said& said : steps) {
        Step step;
        step.id = static_cast<int>(plan.steps.size()) + 1;
        step.rid = Rid(said.rid);
        step.verb = "start";
        step.after = said.after;
        step.needs = said.needs;
        step.deadline = std::chrono::seconds(1);
        plan.steps.push_back(step);
    }
    return plan;
}

}  // namespace

TEST_CASE("a step can begin once all that it waits for has ended, well or not") {
    const Plan plan = plan_of({{"a", {}}, {"b", {}}, {"c", {1, 2}}});
    StepBoard board(plan);
    CHECK(board.ready() == 0U);
    board.set(0, StepState::begun);
    CHECK(board.ready() == 1U);
    board.set(1, StepState::begun);
    CHECK_FALSE(board.ready().has_value());
    board.set(0, StepState::done);
    CHECK_FALSE(board.ready().has_value());
    board.set(1, StepState::failed);
    CHECK(board.ready() == 2U);
    CHECK_FALSE(board.all_ended());
    board.set(2, StepState::done);
    CHECK(board.all_ended());
}

// If this fails, a guest whose start failed is waited for until its deadline.
TEST_CASE("later verbs of a resource whose earlier one failed are skipped, one after the other") {
    const Plan plan = plan_of({{"a", {}}, {"a", {1}}, {"a", {2}}, {"b", {3}}});
    StepBoard board(plan);
    board.set(0, StepState::failed);
    CHECK(board.ready() == 3U);
    CHECK(board.state(1) == StepState::skipped);
    CHECK(board.state(2) == StepState::skipped);
    CHECK(board.failed_requirement(3) == nullptr);
}

TEST_CASE("what is required and failed is named") {
    const Plan plan = plan_of({{"a", {}}, {"b", {1}, {1}}});
    StepBoard board(plan);
    board.set(0, StepState::failed);
    REQUIRE(board.ready() == 1U);
    CHECK(board.failed_requirement(1) == &plan.steps[0]);
    board.set(0, StepState::done);
    CHECK(board.failed_requirement(1) == nullptr);
}

TEST_CASE("the records say how far each came, and whether it may have changed something") {
    const Plan plan = plan_of({{"a", {}}, {"b", {}}});
    StepBoard board(plan);
    board.set(0, StepState::begun);
    board.set(0, Effect::possible);
    const auto records = board.records();
    REQUIRE(records.size() == 2);
    CHECK(records[0].state == StepState::begun);
    CHECK(records[0].effect == Effect::possible);
    CHECK(records[1].state == StepState::planned);
    CHECK(records[1].effect == Effect::none);
}
