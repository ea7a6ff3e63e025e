#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <sstream>
#include <string>

#include "svcmgr/journal/journal.h"
#include "tests/unit/journal/examples.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

constexpr int steps = 3;

/// Acts until it is killed, and tells after each record that it was written: "begin SID", "begun 1", "done 1" …, "end".
[[noreturn]] void act_for_ever(TestWorld& world, int told) {
    const auto tell = [told](const std::string& what) {
        if (::write(told, (what + "\n").data(), what.size() + 1) < 0) ::_exit(1);
    };
    const auto journal = Journal::open(world.world(), world.database());
    ActionRecord record = example_record("start", world.clock.wall());
    record.process.pid = ::getpid();
    while (true) {
        const std::string sid = journal->begin(record, wide_plan(steps));
        tell("begin " + sid);
        journal->close_interrupted("vm188", sid);
        for (int step = 1; step <= steps; ++step) {
            journal->step_begun(sid, step);
            tell(fmt::format("begun {}", step));
            journal->step_ended(sid, step, StepState::done, "");
            tell(fmt::format("done {}", step));
        }
        journal->end(sid, ActionState::done, 0);
        tell("end");
    }
}

/// What a child told before it died.
struct Told {
    std::string sid;  ///< of its last action
    int begun = 0;    ///< the last step of that action that was told to have begun
    int done = 0;
    bool ended = false;
};

Told understand(const std::string& text) {
    Told told;
    std::istringstream lines(text.substr(0, text.rfind('\n') + 1));
    for (std::string word; lines >> word;) {
        if (word == "begin") {
            told = {};
            lines >> told.sid;
        } else if (word == "begun") {
            lines >> told.begun;
        } else if (word == "done") {
            lines >> told.done;
        } else {
            told.ended = true;
        }
    }
    return told;
}

/// Lets a child act until it has told `lines` things, kills it in whatever it is doing then, and returns all that it told.
std::string kill_after(TestWorld& world, int lines) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        act_for_ever(world, ends[1]);
    }
    ::close(ends[1]);
    std::string text;
    char byte = 0;
    while (lines > 0 && ::read(ends[0], &byte, 1) == 1) {
        text += byte;
        if (byte == '\n') --lines;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &byte, 1) == 1) text += byte;
    ::close(ends[0]);
    return text;
}

}  // namespace

// If this fails, a kill at a bad moment leaves a journal that can't be read, that lost what it had acknowledged, or that makes things up
// (design.md 6.3).
TEST_CASE("killed at any instant, the journal says what was under way") {
    TestWorld world;
    world.processes.is_dead = [](const ProcessId& process) { return ::kill(process.pid, 0) != 0; };
    std::mt19937 random(188);
    for (int round = 0; round < 60; ++round) {
        const int lines = static_cast<int>(random() % 40) + 1;
        const std::string text = kill_after(world, lines);
        CAPTURE(text);
        const Told told = understand(text);
        REQUIRE_FALSE(told.sid.empty());

        JournalReader reader(world.world(), world.database());
        const std::vector<ActionHistory> newest = reader.actions("vm188", 3);
        REQUIRE(reader.problem() == "");
        REQUIRE_FALSE(newest.empty());
        for (const ActionHistory& action : newest) REQUIRE(action.steps.size() == steps);

        // Either the last record that was told is the last one there is, or exactly one more was written before the kill.
        const ActionHistory& last = newest[0];
        if (last.action.sid != told.sid) {
            CHECK(told.ended);
            REQUIRE(newest.size() > 1);
            CHECK(newest[1].action.sid == told.sid);
            CHECK(newest[1].state == ActionState::done);
            for (const StepRecord& step : last.steps) CHECK(step.state == StepState::planned);
            continue;
        }
        int begun = 0, done = 0;
        for (const StepRecord& step : last.steps) {
            if (step.state != StepState::planned) begun = step.step.id;
            if (step.state == StepState::done) done = step.step.id;
            CHECK((step.state == StepState::planned || step.state == StepState::begun || step.state == StepState::done));
        }
        const int more = (begun - told.begun) + (done - told.done) + (last.state == ActionState::done ? 1 : 0) - (told.ended ? 1 : 0);
        CHECK(begun >= told.begun);
        CHECK(done >= told.done);
        CHECK((more == 0 || more == 1));

        const auto interrupted = reader.interrupted("vm188");
        CHECK(interrupted.has_value() == (last.state == ActionState::running));
        if (interrupted) {
            CHECK(interrupted->sid == last.action.sid);
            CHECK(interrupted->step == (begun == 0 ? "" : fmt::format("app#{} start", begun)));
        }
    }
}
