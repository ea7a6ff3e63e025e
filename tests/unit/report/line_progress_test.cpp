#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "svcmgr/report/progress.h"
#include "tests/unit/journal/datagrams.h"
#include "tests/unit/journal/examples.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

/// A start that fails, with everything that can be told.
void tell_everything(ActionWatcher& watcher, TestClock& clock) {
    const Plan plan = example_plan();
    watcher.begun("0198f3a1", plan);
    watcher.step_begun(plan.steps[1]);
    clock.advance(1234ms);
    watcher.step_note(plan.steps[1], LogLine::Level::info, "defined\n");
    watcher.step_note(plan.steps[1], LogLine::Level::warn, "autostart is on");
    watcher.step_done(plan.steps[1], 1300ms);
    watcher.tick();
    watcher.step_begun(plan.steps[2]);
    watcher.step_note(plan.steps[2], LogLine::Level::error, "\033[31mno route");
    watcher.step_failed(plan.steps[2], Error(Error::Code::timed_out, "vm188 does not answer", "container#1", "look at its console"), 75s);
    watcher.undoing(plan.steps[1]);
    watcher.undo_failed(plan.steps[1], Error(Error::Code::failed, "it does not stop"));
    Outcome outcome;
    outcome.state = ActionState::left_behind;
    outcome.elapsed = 78s;
    outcome.left = {"container#1 start could not be undone: it does not stop"};
    watcher.ended(outcome);
}

std::string end_line(const Outcome& outcome, const Plan& plan) {
    std::ostringstream out;
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals);
    const auto watcher = line_progress(out, parts.world(files));
    watcher->begun("1", plan);
    out.str("");
    watcher->ended(outcome);
    return out.str();
}

}  // namespace

// If this fails, the mail that cron sends does not say what happened, or when.
TEST_CASE("one line an event, each with its time") {
    std::ostringstream out;
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals);
    tell_everything(*line_progress(out, parts.world(files)), parts.clock);
    CHECK(out.str() ==
          "10:00:00 vm188 start: begun (sid 0198f3a1)\n"
          "10:00:00 vm188 container#1 start: begun (vm188 is shut off, usually 1.5 s)\n"
          "10:00:01 vm188 container#1 start: defined\n"
          "10:00:01 vm188 container#1 start: warn: autostart is on\n"
          "10:00:01 vm188 container#1 start: done in 1.3 s\n"
          "10:00:01 vm188 container#1 wait up: begun (started by step 2)\n"
          "10:00:01 vm188 container#1 wait up: error: \\x1b[31mno route\n"
          "10:00:01 vm188 container#1 wait up: failed after 1 min 15 s: container#1: vm188 does not answer (look at its console)\n"
          "10:00:01 vm188 container#1 start: undoing it (stop)\n"
          "10:00:01 vm188 container#1 start: could not be undone: it does not stop\n"
          "10:00:01 vm188 start: failed after 1 min 18 s, and something is left of what it did\n"
          "10:00:01 vm188 start: left: container#1 start could not be undone: it does not stop\n");
}

TEST_CASE("how an action ended, in words") {
    Outcome outcome;
    outcome.elapsed = 4200ms;
    CHECK(end_line(outcome, example_plan()) == "10:00:00 vm188 start: done in 4.2 s\n");
    CHECK(end_line(outcome, Plan{.service = "vm188", .action = "start"}) == "10:00:00 vm188 start: nothing to do\n");
    outcome.state = ActionState::refused;
    CHECK(end_line(outcome, example_plan()) == "10:00:00 vm188 start: refused, nothing was changed\n");
    outcome.state = ActionState::failed;
    CHECK(end_line(outcome, example_plan()) == "10:00:00 vm188 start: failed after 4.2 s\n");
    outcome.state = ActionState::undone;
    CHECK(end_line(outcome, example_plan()) == "10:00:00 vm188 start: failed after 4.2 s, what it had done is undone\n");
    outcome.signal = 15;
    CHECK(end_line(outcome, example_plan()) == "10:00:00 vm188 start: stopped by signal 15 after 4.2 s, what it had done is undone\n");
    outcome.state = ActionState::interrupted;
    CHECK(end_line(outcome, example_plan()) == "10:00:00 vm188 start: stopped by signal 15 after 4.2 s\n");
}

TEST_CASE("a guard that says no is told as a refusal") {
    std::ostringstream out;
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals);
    const auto watcher = line_progress(out, parts.world(files));
    const Plan plan = example_plan();
    watcher->begun("1", plan);
    watcher->step_failed(plan.steps[0], *plan.steps[0].refusal, Duration::zero());
    CHECK(out.str().find("10:00:00 vm188 not up elsewhere: refused: container#1: vm188 runs on node110 (stop it there)\n") !=
          std::string::npos);
}

TEST_CASE("the log file has a line an event, with date, resource and level") {
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals);
    files.put("/var/log/svcmgr/vm188.log", "before\n");
    tell_everything(*log_file_progress(parts.world(files), "/var/log/svcmgr/vm188.log"), parts.clock);
    CHECK(*files.read("/var/log/svcmgr/vm188.log") ==
          "before\n"
          "2026-11-20 10:00:00,000 - vm188 - INFO - start: begun (sid 0198f3a1)\n"
          "2026-11-20 10:00:00,000 - vm188.container#1 - INFO - start: begun (vm188 is shut off, usually 1.5 s)\n"
          "2026-11-20 10:00:01,234 - vm188.container#1 - INFO - start: defined\n"
          "2026-11-20 10:00:01,234 - vm188.container#1 - WARNING - start: warn: autostart is on\n"
          "2026-11-20 10:00:01,234 - vm188.container#1 - INFO - start: done in 1.3 s\n"
          "2026-11-20 10:00:01,234 - vm188.container#1 - INFO - wait up: begun (started by step 2)\n"
          "2026-11-20 10:00:01,234 - vm188.container#1 - ERROR - wait up: error: \\x1b[31mno route\n"
          "2026-11-20 10:00:01,234 - vm188.container#1 - ERROR - wait up: failed after 1 min 15 s: container#1: vm188 does not answer "
          "(look at its console)\n"
          "2026-11-20 10:00:01,234 - vm188.container#1 - WARNING - start: undoing it (stop)\n"
          "2026-11-20 10:00:01,234 - vm188.container#1 - ERROR - start: could not be undone: it does not stop\n"
          "2026-11-20 10:00:01,234 - vm188 - ERROR - start: failed after 1 min 18 s, and something is left of what it did\n"
          "2026-11-20 10:00:01,234 - vm188 - ERROR - start: left: container#1 start could not be undone: it does not stop\n");
}

TEST_CASE("a log file that does not exist is made, for root and its group") {
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals);
    tell_everything(*log_file_progress(parts.world(files), "/var/log/svcmgr/vm188.log"), parts.clock);
    CHECK(files.facts("/var/log/svcmgr")->mode == 0750);
    CHECK(files.facts("/var/log/svcmgr/vm188.log")->mode == 0640);
}

// If this fails, a full /var/log stops the start of a guest in the middle.
TEST_CASE("a log that can't be written fails nothing") {
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals);
    files.fail("/var/log", MemoryFiles::FaultOn::everything, 28);
    const auto watcher = log_file_progress(parts.world(files), "/var/log/svcmgr/vm188.log");
    CHECK_NOTHROW(tell_everything(*watcher, parts.clock));
    files.clear_faults();
    files.put_directory("/var/log/svcmgr");
    watcher->begun("2", example_plan());
    CHECK(files.read("/var/log/svcmgr/vm188.log")->find("begun (sid 2)") != std::string::npos);  // and it goes on when there is room again
}

// If this fails, nobody finds in the system's journal what was done to a service, or all that belongs to one action.
TEST_CASE("the system's journal gets every event with service, rid, action and sid") {
    LogWorld machine;
    Receiver journal(SystemLog::journal_socket(machine.root()));
    std::vector<std::string> entries;
    std::thread reader([&] {
        while (entries.size() < 12)
            if (const auto entry = journal.take()) entries.push_back(*entry);
    });
    tell_everything(*system_log_progress(machine.world(), machine.root()), machine.clock);
    reader.join();
    const std::string of_all = "SVCMGR_ACTION=start\nSVCMGR_SID=0198f3a1\n";
    for (const std::string& entry : entries) {
        CHECK(entry.ends_with(of_all));
        CHECK(entry.find("SVCMGR_SERVICE=vm188\n") != std::string::npos);
        CHECK(entry.find('\x1b') == std::string::npos);
    }
    CHECK(entries.front().starts_with("MESSAGE=vm188 start: begun (sid 0198f3a1)\nPRIORITY=6\n"));
    CHECK(entries.front().find("SVCMGR_RID") == std::string::npos);
    CHECK(entries[3].starts_with("MESSAGE=vm188 container#1 start: warn: autostart is on\nPRIORITY=4\n"));
    CHECK(entries[3].find("SVCMGR_RID=container#1\n") != std::string::npos);
    CHECK(entries.back().find("PRIORITY=3\n") != std::string::npos);
}
