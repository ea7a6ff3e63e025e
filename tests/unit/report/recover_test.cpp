#include "svcmgr/report/recover.h"

#include <doctest/doctest.h>

#include "tests/unit/report/example_action.h"

using namespace svcmgr;

namespace {

Choices example_choices() {
    Choices choices;
    choices.service = "vm188";
    choices.interrupted = example_action().history;
    choices.redo = wide_plan(1);
    choices.undo = example_plan();
    return choices;
}

}  // namespace

TEST_CASE("without an interrupted action there is one line") {
    CHECK(choices_text({.service = "vm188"}, {}) == "vm188: no action was interrupted\n");
}

// If this fails, who has to choose does not learn what was done, or what each way on would do.
TEST_CASE("what was interrupted is told first, then both ways with their plans") {
    Choices choices = example_choices();
    choices.older = {{other_sid, "stop", "", choices.interrupted->action.begun}};
    StepRecord running{.step = wide_plan(1).steps[0], .state = StepState::begun};
    choices.interrupted->steps.push_back(running);
    const std::string text = choices_text(choices, {});
    CHECK(
        text.starts_with("vm188: start was interrupted at app#1 start\n"
                         "  begun             2026-11-20T10:00:00Z by anna as root from 10.0.0.7\n"
                         "  command           svcmgr -s vm188 start --reason 'new disk'\n"
                         "  sid               0198f3a1-b2c3-7000-8000-000000000001\n"
                         "  in the middle of  app#1 start\n"
                         "  failed            container#1 wait up\n"
                         "  undone            container#1 start\n"
                         "  before that       stop of 2026-11-20T10:00:00Z, sid 0198f3a1-b2c3-7000-8000-0000deadbeef\n"
                         "\n"
                         "svcmgr -s vm188 recover --redo completes it:\n"
                         "vm188 start: 1 step\n"));
    CHECK(text.find("\n\nsvcmgr -s vm188 recover --undo reverses what it had done:\nvm188 start: refused\n") != std::string::npos);
    CHECK(text.ends_with("  what to do        stop it there\n"));
}

TEST_CASE("where it was interrupted is said also when no step was running") {
    Choices choices = example_choices();
    CHECK(choices_text(choices, {}).starts_with("vm188: start was interrupted before its first step\n"));
    choices.interrupted->steps[1].state = StepState::done;
    CHECK(choices_text(choices, {}).starts_with("vm188: start was interrupted between two steps\n"));
}

TEST_CASE("the choice does not steer a terminal") {
    Choices choices = example_choices();
    const std::string trap = "\033[31m\n";
    choices.interrupted->action.caller.ssh_client = trap;
    choices.interrupted->action.argv = {trap};
    choices.undo.steps[0].refusal.emplace(Error::Code::refused, trap, trap, trap);
    CHECK(choices_text(choices, {}).find('\033') == std::string::npos);
}
