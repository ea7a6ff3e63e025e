#include <doctest/doctest.h>

#include "svcmgr/report/plan_report.h"
#include "tests/unit/journal/examples.h"

using namespace svcmgr;

namespace {

const Style plain{};

Plan runnable_plan() {
    Plan plan = example_plan();
    plan.steps[0].refusal.reset();
    plan.steps[2].expected = std::chrono::seconds(14);
    return plan;
}

}  // namespace

// If this fails, `--dry-run` does not say what would be done, and why.
TEST_CASE("a plan is read from top to bottom: guards, steps, what is left alone") {
    CHECK(plan_text(runnable_plan(), plain) ==
          "vm188 start: 2 steps, usually 16 s\n"
          "  guards\n"
          "     1  not up elsewhere  ok  node110, node111\n"
          "  steps\n"
          "     2  container#1  start             at most 2 min, usually 1.5 s  vm188 is shut off\n"
          "     3  container#1  wait up  after 2  at most 5 min, usually 14 s   started by step 2\n"
          "  left alone\n"
          "    ip#1  it is up\n");
}

TEST_CASE("a refused plan says so first, and what the guard says") {
    Plan plan = example_plan();
    plan.steps[0].rid = Rid("container#1");
    CHECK(plan_text(plan, plain) ==
          "vm188 start: refused\n"
          "  guards\n"
          "     1  container#1  not up elsewhere  refused  vm188 runs on node110\n"
          "  steps\n"
          "     2  container#1  start             at most 2 min, usually 1.5 s  vm188 is shut off\n"
          "     3  container#1  wait up  after 2  at most 5 min                 started by step 2\n"
          "  left alone\n"
          "    ip#1  it is up\n");
}

TEST_CASE("a plan without steps") {
    Plan plan{.service = "vm188", .action = "stop"};
    CHECK(plan_text(plan, plain) == "vm188 stop: nothing to do\n");
    plan.left_alone = {{Rid("container#1"), "it is shut\noff"}};
    CHECK(plan_text(plan, plain) == "vm188 stop: nothing to do\n  left alone\n    container#1  it is shut off\n");
}

// If this fails, the forecast adds up what runs side by side, or promises what was never seen.
TEST_CASE("the usual duration is that of the longest chain, and only when every step is known") {
    using std::chrono::seconds;
    Plan plan = wide_plan(3);
    plan.steps[0].expected = seconds(5);
    plan.steps[1].expected = seconds(7);
    plan.steps[2].expected = seconds(1);
    CHECK(plan_text(plan, plain).starts_with("vm188 start: 3 steps, usually 7 s\n"));
    plan.steps[2].after = {1, 2};
    CHECK(plan_text(plan, plain).starts_with("vm188 start: 3 steps, usually 8 s\n"));
    plan.steps[2].after = {2, 1};
    CHECK(plan_text(plan, plain).starts_with("vm188 start: 3 steps, usually 8 s\n"));
    plan.steps[1].expected.reset();
    CHECK(plan_text(plan, plain).starts_with("vm188 start: 3 steps\n"));
    plan.steps.resize(1);
    CHECK(plan_text(plan, plain).starts_with("vm188 start: 1 step, usually 5 s\n"));
}
