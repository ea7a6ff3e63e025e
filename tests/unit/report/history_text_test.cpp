#include <doctest/doctest.h>

#include "svcmgr/report/history.h"
#include "tests/unit/report/example_action.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

// If this fails, nobody can find out afterwards who did what and why.
TEST_CASE("an action is told with all that is known of it") {
    CHECK(action_text(example_action(), {}) ==
          "vm188 start: undone, exit code 1\n"
          "  sid           0198f3a1-b2c3-7000-8000-000000000001\n"
          "  node          node109\n"
          "  begun         2026-11-20T10:00:00Z\n"
          "  ended         2026-11-20T10:00:06Z, after 6 s\n"
          "  who           anna as root from 10.0.0.7 (pid 100)\n"
          "  command       svcmgr -s vm188 start --reason 'new disk'\n"
          "  reason        new disk\n"
          "  undoes        0198f3a1-b2c3-7000-8000-0000deadbeef\n"
          "  closed by     0198f3a1-b2c3-7000-8000-0000deadbeef\n"
          "guards\n"
          "   1  not up elsewhere     refused\n"
          "      vm188 runs on node110\n"
          "      stop it there\n"
          "steps\n"
          "   2  container#1 start    undone, begun 2026-11-20 10:00:00, took 3 s\n"
          "      vm188 is shut off\n"
          "      at most 2 min, usually 1.5 s\n"
          "      running, pid 4711\n"
          "      undoing ended 2026-11-20 10:00:06: undone in 1 s\n"
          "   3  container#1 wait up  failed, begun 2026-11-20 10:00:03, took 1.5 s\n"
          "      started by step 2\n"
          "      at most 5 min; after 1, 2\n"
          "      vm188 does not answer\n"
          "left alone\n"
          "  ip#1          it is up\n");
}

TEST_CASE("actions are a table") {
    JournaledAction running = example_action();
    running.state = ActionState::running;
    running.history.action.caller = {"root", "", ""};
    running.history.action.reason = "";
    CHECK(actions_text({running, example_action()}, {}) ==
          "begun (UTC)               sid  service  action  state    elapsed  who                         reason\n"
          "2026-11-20 10:00:00  00000001  vm188    start   running  6 s      root\n"
          "2026-11-20 10:00:00  00000001  vm188    start   undone   6 s      anna as root from 10.0.0.7  new disk\n");
}

TEST_CASE("the state of an action has a colour in the table") {
    const Style ansi{.colour = Style::Colour::ansi};
    const std::pair<ActionState, const char*> colours[] = {
        {ActionState::done, "\033[32m"},   {ActionState::failed, "\033[31m"},      {ActionState::refused, "\033[33m"},
        {ActionState::undone, "\033[33m"}, {ActionState::left_behind, "\033[31m"}, {ActionState::interrupted, "\033[31m"},
        {ActionState::running, ""}};
    for (const auto& [state, colour] : colours) {
        JournaledAction action = example_action();
        action.state = state;
        const std::string end = *colour == 0 ? "" : "\033[0m";
        CHECK(has(actions_text({action}, ansi), "start   " + std::string(colour) + std::string(to_string(state)) + end));
    }
}

TEST_CASE("how an action ended is said in words") {
    JournaledAction action = example_action();
    const auto first_line = [&] { return action_text(action, {}).substr(0, action_text(action, {}).find('\n')); };
    action.state = ActionState::running;
    CHECK(first_line() == "vm188 start: runs since 6 s");
    action.state = ActionState::left_behind;
    action.history.exit_code = 5;
    CHECK(first_line() == "vm188 start: failed with exit code 5, and something is left");
    action.state = ActionState::interrupted;
    action.history.exit_code = 130;
    CHECK(first_line() == "vm188 start: interrupted, exit code 130");  // by a signal, and it said so
    action.history.ended.reset();
    CHECK(first_line() == "vm188 start: interrupted, its end was never written");
}

// If this fails, what a guest printed last year takes over the terminal of who reads the journal today.
TEST_CASE("the past does not steer a terminal") {
    JournaledAction action = example_action();
    const std::string trap = "\033[31m\nfake\x07";
    action.history.action.reason = trap;
    action.history.action.caller.sudo_user = trap;
    action.history.action.argv.push_back(trap);
    action.history.steps[2].evidence = trap;
    action.history.steps[1].undo_evidence = trap;
    action.history.left_alone[0].reason = trap;
    for (const std::string& text : {action_text(action, {}), actions_text({action}, {})}) {
        CHECK_FALSE(has(text, "\033"));
        CHECK_FALSE(has(text, "\x07"));
        CHECK_FALSE(has(text, "\nfake"));
    }
}

TEST_CASE("a command line can be typed again") {
    CHECK(command_text({"-s", "vm188", "start"}, {}) == "svcmgr -s vm188 start");
    CHECK(command_text({"--reason", "it's", "a b", "", "#1", "$(x)"}, {}) == "svcmgr --reason 'it'\\''s' 'a b' '' '#1' '$(x)'");
}
