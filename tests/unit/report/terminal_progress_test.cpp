#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "svcmgr/report/progress.h"
#include "tests/unit/journal/examples.h"
#include "tests/unit/journal/test_world.h"
#include "tests/unit/report/screen.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

/// A progress on a terminal of a given width; the screen shows what a person would see.
class Session {
public:
    explicit Session(int width = 80) : screen_(static_cast<std::size_t>(width)), files_(parts_.clock, parts_.signals) {
        watcher = terminal_progress(out_, parts_.world(files_), {.colour = Style::Colour::ansi, .width = width});
    }

    std::vector<std::string> rows() {
        screen_.print(out_.str());
        out_.str("");
        CHECK(screen_.complaint() == "");
        return screen_.rows();
    }
    bool at_line_start() {
        rows();
        return screen_.cursor_at_line_start();
    }
    void wait(Duration by) {
        parts_.clock.advance(by);
        watcher->tick();
    }

private:
    std::ostringstream out_;
    Screen screen_;
    TestParts parts_;
    MemoryFiles files_;

public:
    std::unique_ptr<ActionWatcher> watcher;  ///< goes first: it clears its lines
};

using Rows = std::vector<std::string>;

}  // namespace

// If this fails, a person who waits does not see what for, or the screen fills with remains of old lines.
TEST_CASE("running steps have one live line each, ended ones a line that stays") {
    Session session;
    ActionWatcher& watcher = *session.watcher;
    const Plan plan = example_plan();
    watcher.begun("0198f3a1", plan);
    CHECK(session.rows() == Rows{"vm188 start: begun (sid 0198f3a1)"});
    watcher.step_begun(plan.steps[1]);
    CHECK(session.rows() == Rows{"vm188 start: begun (sid 0198f3a1)", "vm188 container#1 start: 0 s, usually 1.5 s (vm188 is shut off)"});
    session.wait(1200ms);
    CHECK(session.rows().back() == "vm188 container#1 start: 1 s, usually 1.5 s (vm188 is shut off)");
    watcher.step_note(plan.steps[1], LogLine::Level::info, "defined");
    CHECK(session.rows().back() == "vm188 container#1 start: 1 s, usually 1.5 s (defined)");
    watcher.step_note(plan.steps[1], LogLine::Level::warn, "autostart is on");
    watcher.step_done(plan.steps[1], 1300ms);
    watcher.step_begun(plan.steps[2]);
    session.wait(75s);
    CHECK(session.rows() == Rows{"vm188 start: begun (sid 0198f3a1)", "vm188 container#1 start: warn: autostart is on",
                                 "vm188 container#1 start: done in 1.3 s", "vm188 container#1 wait up: 1 min 15 s (started by step 2)"});
    watcher.step_failed(plan.steps[2], Error(Error::Code::timed_out, "vm188 does not answer"), 75s);
    watcher.undoing(plan.steps[1]);
    session.wait(2s);
    CHECK(session.rows().back() == "vm188 container#1 start: undoing it: 2 s (stop)");
    watcher.undone(plan.steps[1], 2s);
    Outcome outcome;
    outcome.state = ActionState::undone;
    outcome.elapsed = 78s;
    watcher.ended(outcome);
    CHECK(session.rows() ==
          Rows{"vm188 start: begun (sid 0198f3a1)", "vm188 container#1 start: warn: autostart is on",
               "vm188 container#1 start: done in 1.3 s", "vm188 container#1 wait up: failed after 1 min 15 s: vm188 does not answer",
               "vm188 container#1 start: undone in 2 s", "vm188 start: failed after 1 min 18 s, what it had done is undone"});
    CHECK(session.at_line_start());
}

TEST_CASE("several steps at once") {
    Session session;
    const Plan plan = wide_plan(3);
    session.watcher->begun("1", plan);
    for (const Step& step : plan.steps) session.watcher->step_begun(step);
    session.wait(1s);
    session.watcher->step_done(plan.steps[1], 1s);
    session.wait(1s);
    CHECK(session.rows() ==
          Rows{"vm188 start: begun (sid 1)", "vm188 app#2 start: done in 1 s", "vm188 app#1 start: 2 s", "vm188 app#3 start: 2 s"});
    session.watcher->step_done(plan.steps[0], 2s);
    session.watcher->step_done(plan.steps[2], 2s);
    CHECK(session.rows() == Rows{"vm188 start: begun (sid 1)", "vm188 app#2 start: done in 1 s", "vm188 app#1 start: done in 2 s",
                                 "vm188 app#3 start: done in 2 s"});
}

TEST_CASE("more steps than lines are counted") {
    Session session;
    const Plan plan = wide_plan(14);
    session.watcher->begun("1", plan);
    for (const Step& step : plan.steps) session.watcher->step_begun(step);
    CHECK(session.rows().size() == 12);
    CHECK(session.rows().back() == "and 4 more");
    for (const Step& step : plan.steps) session.watcher->step_done(step, 1s);
    CHECK(session.rows().size() == 15);
    CHECK(session.rows().back() == "vm188 app#14 start: done in 1 s");
}

// If this fails, long lines break in two and the screen scrolls away under the reader.
TEST_CASE("live lines fit the terminal, whatever its width") {
    for (const int width : {1, 2, 10, 20, 40, 45}) {
        CAPTURE(width);
        Session session(width);
        const Plan plan = wide_plan(2);
        for (int round = 0; round < 3; ++round)
            for (const Step& step : plan.steps) {
                session.watcher->step_begun(step);
                session.wait(1s);
                session.watcher->step_note(step, LogLine::Level::info, "a rather long note about what is going on");
                session.wait(1s);
            }
        session.watcher.reset();
        CHECK(session.rows().empty());
    }
}

// If this fails, the prompt of the shell stands behind the remains of a clock.
TEST_CASE("when it goes in the middle, the terminal is as before") {
    Session session;
    const Plan plan = wide_plan(2);
    session.watcher->begun("1", plan);
    for (const Step& step : plan.steps) session.watcher->step_begun(step);
    session.wait(1s);
    session.watcher.reset();
    CHECK(session.rows() == Rows{"vm188 start: begun (sid 1)"});
    CHECK(session.at_line_start());
}

TEST_CASE("foreign text can't steer the terminal") {
    Session session;
    const Plan plan = wide_plan(1);
    session.watcher->begun("1", plan);
    session.watcher->step_begun(plan.steps[0]);
    session.watcher->step_note(plan.steps[0], LogLine::Level::info, "\033[2Jgone\n\n");
    CHECK(session.rows().back() == "vm188 app#1 start: 0 s (\\x1b[2Jgone  )");
    session.watcher->step_note(plan.steps[0], LogLine::Level::error, "\033[2Jgone");
    CHECK(session.rows()[1] == "vm188 app#1 start: error: \\x1b[2Jgone");
}
