#include "svcmgr/report/explain.h"

#include <doctest/doctest.h>

#include "tests/unit/journal/examples.h"
#include "tests/unit/report/example_service.h"

using namespace svcmgr;

namespace {

struct Fixture {
    ExampleService example{{{"container#1", Group::container, "container.kvm", "vm188", Status::down},
                            {"ip#1", Group::ip, "ip", "vm188@eth0", Status::up},
                            {"app", Group::app, "app", "app", Status::warn, {{LogLine::Level::warn, "C10web status exited with 1"}}}}};
    Plan plan{.service = "vm188", .action = "start"};
    std::vector<Error> obstacles;

    std::string text() { return explanation_text({example.view(), "node109", plan, obstacles}, {}); }
    std::string first_line() { return text().substr(0, text().find('\n')); }
    bool says(const std::string& part) { return text().find(part) != std::string::npos; }
    ResourceObservation& seen(const std::string& rid) { return example.observation.resources[Rid(rid)]; }
};

Step some_step() {
    return {.id = 1, .rid = Rid("container#1"), .verb = "start", .reason = "it is down", .deadline = std::chrono::minutes(1)};
}

}  // namespace

// If this fails, a person at three in the morning reads evidence before the answer.
TEST_CASE("the first line is the answer") {
    Fixture fixture;
    CHECK(fixture.first_line() == "vm188 is warn on node109; start has nothing to do");
    fixture.plan.steps.push_back(some_step());
    CHECK(fixture.first_line() == "vm188 is warn on node109; start can be done now");
    fixture.obstacles = {Error(Error::Code::refused, "it is forbidden", "vm188", "ask for it")};
    CHECK(fixture.first_line() == "vm188 is warn on node109; start would be refused: it is forbidden");
    CHECK(fixture.says("\n  what to do: ask for it\n"));
    CHECK_FALSE(fixture.says("where: vm188"));  // nothing new
    fixture.obstacles = {Error(Error::Code::refused, "it is forbidden", "vm188.env:3:7", "ask for it")};
    CHECK(fixture.says("\n  where: vm188.env:3:7\n"));
    fixture.obstacles = {Error(Error::Code::locked, "stop by anna", "", "wait")};
    CHECK(fixture.first_line() == "vm188 is warn on node109; start has to wait: stop by anna");
}

TEST_CASE("all obstacles are told, each once, the first as the answer") {
    Fixture fixture;
    const Error first(Error::Code::refused, "first", "", "do one"), second(Error::Code::refused, "second", "a", "do two");
    fixture.obstacles = {first};
    CHECK_FALSE(fixture.says("what would stop it next"));
    fixture.obstacles = {first, second, Error(Error::Code::refused, "second", "b", "do two")};
    CHECK(fixture.says("\nwhat would stop it next\n  second\n    do two\n\nwhy"));
    fixture.obstacles = {first, first};
    CHECK_FALSE(fixture.says("what would stop it next"));
}

TEST_CASE("resources that are not as they should be are told with their reasons, the others by name") {
    Fixture fixture;
    fixture.seen("container#1").detail = "shut off";
    CHECK(
        fixture.says("\nwhy it is warn\n"
                     "  container#1 down: vm188 is shut off\n"
                     "  app warn: C10web status exited with 1\n"
                     "  ip#1 up\n"));
    fixture.seen("ip#1").unready = "no answer";
    CHECK(fixture.says("\n  ip#1 up: not ready: no answer\n"));
    fixture.seen("ip#1").unready = "";
    fixture.seen("ip#1").log = {{LogLine::Level::warn, "no ping"}};
    CHECK(fixture.says("\n  ip#1 up: no ping\n"));
    fixture.seen("app").detail = "with 1";  // the log says that already
    CHECK(fixture.says("\n  app warn: C10web status exited with 1\n"));
}

TEST_CASE("what is true beside the resources is told, but not twice") {
    Fixture fixture;
    fixture.example.observation.interrupted = Interrupted{"sid", "stop", "app stop", fixture.example.observation.observed};
    fixture.example.observation.journal_problem = "damaged";
    fixture.example.observation.frozen = true;
    fixture.example.observation.node_frozen = true;
    CHECK(fixture.says("stop of 2026-11-20T10:00:00Z was interrupted at app stop\n"));
    CHECK(fixture.says("\n  both ways on: svcmgr -s vm188 recover\n"));
    CHECK(fixture.says("is not known: damaged"));
    CHECK(fixture.says("\n  it is frozen on node109\n  the node node109 is frozen\n"));
    fixture.plan.steps.push_back({.id = 1, .verb = "check frozen", .refusal = Error(Error::Code::refused, "frozen")});
    CHECK_FALSE(fixture.says("it is frozen on node109"));
}

TEST_CASE("the plan is the evidence, and is the one that would be run") {
    Fixture fixture;
    fixture.plan.steps.push_back(some_step());
    CHECK(fixture.text().ends_with("\n\nvm188 start: 1 step\n  steps\n     1  container#1  start  at most 1 min  it is down\n"));
}

// If this fails, a guest's words take over the terminal of who asks why it is down.
TEST_CASE("foreign words don't steer a terminal") {
    Fixture fixture;
    const std::string trap = "\033]0;x\x07\nfake";
    fixture.seen("app").log = {{LogLine::Level::warn, trap}};
    fixture.seen("container#1").detail = trap;
    fixture.example.observation.journal_problem = trap;
    fixture.obstacles = {Error(Error::Code::refused, trap, trap, trap), Error(Error::Code::refused, trap + "2", trap, trap)};
    CHECK_FALSE(fixture.says("\033"));
    CHECK_FALSE(fixture.says("\x07"));
    CHECK_FALSE(fixture.says("\nfake"));
}
