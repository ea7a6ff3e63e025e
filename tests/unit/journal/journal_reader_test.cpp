#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "svcmgr/journal/database.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/journal/schema.h"
#include "tests/unit/journal/examples.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

/// Runs the example's step 2 in an action of its own.
void run_once(TestWorld& world, Journal& journal, Duration took, StepState state = StepState::done) {
    const std::string sid = journal.begin(example_record("start", world.clock.wall()), example_plan());
    journal.step_begun(sid, 2);
    world.clock.advance(took);
    journal.step_ended(sid, 2, state, "");
    journal.end(sid, ActionState::done, 0);
}

std::optional<Duration> usual(TestWorld& world) {
    return JournalReader(world.world(), world.database()).usual_duration("vm188", Rid("container#1"), "start");
}

void kill_owners(TestWorld& world) {
    world.processes.is_dead = [](const ProcessId&) { return true; };
}

}  // namespace

TEST_CASE("without a database every answer is empty and there is no problem") {
    TestWorld world;
    JournalReader reader(world.world(), world.database());
    CHECK(reader.problem() == "");
    CHECK_FALSE(reader.interrupted("vm188").has_value());
    CHECK_FALSE(reader.action("0198f3a1-0000-7000-8000-000000000000").has_value());
    CHECK(reader.actions("vm188", 10).empty());
    CHECK_FALSE(usual(world).has_value());
    CHECK(reader.problem() == "");
}

// If this fails, an action that was killed is not seen, and the next one does not know what it finds.
TEST_CASE("an action whose owner is gone was interrupted") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const WallTime begun = world.clock.wall();
    const std::string sid = journal->begin(example_record("start", begun), example_plan());
    JournalReader reader(world.world(), world.database());
    CHECK_FALSE(reader.interrupted("vm188").has_value());  // it is running

    world.processes.is_dead = [](const ProcessId& process) { return process == ProcessId{"boot-1", 100, 5}; };
    REQUIRE(reader.interrupted("vm188").has_value());
    CHECK(reader.interrupted("vm188")->sid == sid);
    CHECK(reader.interrupted("vm188")->action == "start");
    CHECK(reader.interrupted("vm188")->since == begun);
    CHECK(reader.interrupted("vm188")->step == "");
    CHECK_FALSE(reader.interrupted("other").has_value());

    journal->step_begun(sid, 2);
    CHECK(reader.interrupted("vm188")->step == "container#1 start");
    world.clock.advance(std::chrono::seconds(1));
    journal->step_ended(sid, 2, StepState::done, "");
    CHECK(reader.interrupted("vm188")->step == "container#1 start");  // the last that ended
    journal->step_begun(sid, 3);
    CHECK(reader.interrupted("vm188")->step == "container#1 wait up");

    journal->end(sid, ActionState::done, 0);
    CHECK_FALSE(reader.interrupted("vm188").has_value());
}

TEST_CASE("all steps that were under way are named") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const std::string sid = journal->begin(example_record("start", world.clock.wall()), wide_plan(3));
    for (const int step : {3, 1}) journal->step_begun(sid, step);
    kill_owners(world);
    CHECK(JournalReader(world.world(), world.database()).interrupted("vm188")->step == "app#1 start, app#3 start");
}

// If this fails, a service shows "interrupted" for ever, or an interruption is forgotten that nobody has seen.
TEST_CASE("the action that takes over closes what was interrupted, and nothing else") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    ActionRecord dead = example_record("start", world.clock.wall());
    dead.process.pid = 7;
    const std::string ended = journal->begin(dead, example_plan());
    journal->end(ended, ActionState::done, 0);
    const std::string first = journal->begin(dead, example_plan());
    const std::string second = journal->begin(dead, example_plan());
    dead.service = "other";
    const std::string others = journal->begin(dead, example_plan());
    const std::string alive = journal->begin(example_record("print", world.clock.wall()), example_plan());
    world.processes.is_dead = [](const ProcessId& process) { return process.pid == 7; };

    JournalReader reader(world.world(), world.database());
    CHECK(reader.interrupted("vm188")->sid == second);  // the newest
    const std::string by = journal->begin(example_record("stop", world.clock.wall()), example_plan());
    journal->close_interrupted("vm188", by);
    CHECK_FALSE(reader.interrupted("vm188").has_value());
    CHECK(reader.interrupted("other")->sid == others);
    for (const std::string& sid : {first, second}) {
        CHECK(reader.action(sid)->state == ActionState::interrupted);
        CHECK(reader.action(sid)->closed_by == by);
        CHECK_FALSE(reader.action(sid)->ended.has_value());
    }
    CHECK(reader.action(ended)->state == ActionState::done);
    CHECK(reader.action(alive)->state == ActionState::running);
    CHECK(reader.action(by)->state == ActionState::running);
}

// If this fails, `recover` does not know what was asked for, or `recover --undo` reverses what had changed nothing.
TEST_CASE("what a killed action was asked for and what it touched is kept") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    ActionRecord record = example_record("stopapp", world.clock.wall());
    record.aim = {Goal::down, std::set{Group::app, Group::ip}, std::set{Rid("app"), Rid("ip#2")}, ""};
    const std::string first = journal->begin(record, example_plan());
    const std::string second = journal->begin(example_record("start", world.clock.wall()), example_plan());
    journal->step_begun(second, 2);
    journal->step_ended(second, 2, StepState::failed, "not reached", Effect::none);
    journal->step_begun(second, 3);
    journal->step_ended(second, 3, StepState::failed, "half way");

    JournalReader reader(world.world(), world.database());
    CHECK(reader.open_actions("vm188").empty());  // they run
    kill_owners(world);
    const std::vector<ActionHistory> open = reader.open_actions("vm188");
    REQUIRE(open.size() == 2);
    CHECK(open[0].action.sid == second);
    CHECK_FALSE(open[0].action.aim.groups.has_value());
    CHECK_FALSE(open[0].action.aim.rids.has_value());
    CHECK(open[0].steps[1].effect == Effect::none);
    CHECK(open[0].steps[2].effect == Effect::possible);
    CHECK(open[1].action.sid == first);
    CHECK(open[1].action.aim.goal == Goal::down);
    CHECK(open[1].action.aim.groups == record.aim.groups);
    CHECK(open[1].action.aim.rids == record.aim.rids);
    CHECK(reader.open_actions("other").empty());
}

// If this fails, starting one resource hides that a start of the whole service was killed.
TEST_CASE("an action completes what was limited as it is, an undoing what it has undone") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    ActionRecord record = example_record("start", world.clock.wall());
    record.process.pid = 7;
    const std::string whole = journal->begin(record, example_plan());
    record.aim.rids = std::set{Rid("app")};
    const std::string limited = journal->begin(record, example_plan());
    record.aim = {.undoes = whole};
    const std::string undoing = journal->begin(record, example_plan());
    world.processes.is_dead = [](const ProcessId& process) { return process.pid == 7; };

    const auto close_by = [&](const Aim& aim, const char* action = "start") {
        ActionRecord by = example_record(action, world.clock.wall());
        by.aim = aim;
        journal->close_interrupted("vm188", journal->begin(by, example_plan()));
        std::set<std::string> open;
        for (const ActionHistory& history : JournalReader(world.world(), world.database()).open_actions("vm188"))
            open.insert(history.action.sid);
        return open;
    };
    using Sids = std::set<std::string>;
    CHECK(close_by({.goal = Goal::up, .groups = std::set{Group::app}}) == Sids{whole, limited, undoing});
    SUBCASE("the same resources") {
        CHECK(close_by({.goal = Goal::up, .rids = std::set{Rid("app")}}) == Sids{whole, undoing});
    }
    SUBCASE("an undoing, and with it the one that was killed before") {
        CHECK(close_by({.undoes = whole}) == Sids{limited});
    }
    SUBCASE("the whole service") {
        CHECK(close_by({.goal = Goal::up}).empty());
    }
    SUBCASE("what leads to no goal, as toc, only its like") {
        CHECK(close_by({}, "toc") == Sids{whole, limited, undoing});
    }
}

// If this fails, nobody sees after an upgrade what the older svcmgr was in the middle of.
TEST_CASE("a journal that an older svcmgr wrote is read, and brought up to date by who writes") {
    TestWorld world;
    const std::string sid =
        Journal::open(world.world(), world.database())->begin(example_record("start", world.clock.wall()), example_plan());
    const auto database = Database::open_for_writing(world.files, world.database());
    for (const char* column : {"goal", "only_groups", "only_rids", "undoes", "elapsed"})
        database->execute(fmt::format("ALTER TABLE action DROP COLUMN {}", column));
    database->execute(
        "ALTER TABLE step DROP COLUMN untouched; ALTER TABLE resource DROP COLUMN addresses; ALTER TABLE disk DROP COLUMN used; ALTER "
        "TABLE disk DROP COLUMN region; DROP TABLE watched; PRAGMA user_version = 1");
    kill_owners(world);
    const auto check = [&] {
        JournalReader reader(world.world(), world.database());
        const std::vector<ActionHistory> open = reader.open_actions("vm188");
        CHECK(reader.problem() == "");
        REQUIRE(open.size() == 1);
        CHECK(open[0].action.sid == sid);
        CHECK_FALSE(open[0].action.aim.goal.has_value());
        CHECK(open[0].steps.size() == 3);
    };
    check();
    Journal::open(world.world(), world.database());
    CHECK(Database::open_for_reading(world.files, world.database())->version() == schema_version);
    check();
}

TEST_CASE("an action is found by the begin and by the end of its sid") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const std::string first = journal->begin(example_record("start", world.clock.wall()), example_plan());
    const std::string second = journal->begin(example_record("start", world.clock.wall()), example_plan());
    JournalReader reader(world.world(), world.database());
    using Sids = std::vector<std::string>;
    CHECK(reader.find(first) == Sids{first});
    CHECK(reader.find(first.substr(28)) == Sids{first});
    CHECK(reader.find(second.substr(0, 30)) == Sids{second});
    CHECK(reader.find(first.substr(0, 8)) == Sids{second, first});
    CHECK(reader.find(first.substr(33)).empty());
    CHECK(reader.find("").empty());
    CHECK(reader.find("%%%%").empty());
    CHECK(reader.find("____").empty());
}

TEST_CASE("actions come newest first, whatever the clock did") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    std::vector<std::string> sids;
    for (int i = 0; i < 4; ++i) {
        ActionRecord record = example_record("start", world.clock.wall());
        record.service = i == 1 ? "other" : "vm188";
        sids.push_back(journal->begin(record, example_plan()));
        world.clock.set_wall(-std::chrono::hours(1));
    }
    JournalReader reader(world.world(), world.database());
    const auto sids_of = [&](const std::string& service, int at_most) {
        std::vector<std::string> found;
        for (const ActionHistory& action : reader.actions(service, at_most)) found.push_back(action.action.sid);
        return found;
    };
    CHECK(sids_of("vm188", 10) == std::vector<std::string>{sids[3], sids[2], sids[0]});
    CHECK(sids_of("vm188", 2) == std::vector<std::string>{sids[3], sids[2]});
    CHECK(sids_of("", 10) == std::vector<std::string>{sids[3], sids[2], sids[1], sids[0]});
    CHECK(sids_of("vm188", 0).empty());
}

// If this fails, `--dry-run` and the running clock promise durations that were never seen.
TEST_CASE("the usual duration is the median of the last successful runs") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    using std::chrono::seconds;
    CHECK_FALSE(usual(world).has_value());
    run_once(world, *journal, seconds(100), StepState::failed);
    CHECK_FALSE(usual(world).has_value());
    run_once(world, *journal, seconds(10));
    CHECK(usual(world) == seconds(10));
    run_once(world, *journal, seconds(20));
    CHECK(usual(world) == seconds(15));
    run_once(world, *journal, seconds(1000));
    CHECK(usual(world) == seconds(20));
    for (int i = 0; i < 5; ++i) run_once(world, *journal, seconds(1));
    CHECK(usual(world) == seconds(1));  // 10 20 1000 1 1 1 1 1
    for (int i = 0; i < 9; ++i) run_once(world, *journal, seconds(3));
    CHECK(usual(world) == seconds(3));  // older ones no longer count
    for (int i = 0; i < 4; ++i) run_once(world, *journal, seconds(7));
    CHECK(usual(world) == seconds(3));
    run_once(world, *journal, seconds(7));
    CHECK(usual(world) == seconds(7));
    JournalReader reader(world.world(), world.database());
    for (int i = 0; i < 95; ++i) run_once(world, *journal, seconds(100), StepState::failed);
    CHECK(usual(world) == seconds(7));
    for (int i = 0; i < 5; ++i) run_once(world, *journal, seconds(100), StepState::failed);
    CHECK_FALSE(usual(world).has_value());  // too long ago to be usual
    run_once(world, *journal, seconds(7));
    CHECK_FALSE(reader.usual_duration("vm188", Rid("container#1"), "stop").has_value());
    CHECK_FALSE(reader.usual_duration("vm188", Rid("container#2"), "start").has_value());
    CHECK_FALSE(reader.usual_duration("other", Rid("container#1"), "start").has_value());
}

// If this fails, monitoring shows the start that went well last week, and not the one that failed a minute ago.
TEST_CASE("the last run of each action of each service") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const auto run = [&](const std::string& service, const std::string& action, ActionState state, int code) {
        ActionRecord record = example_record(action, world.clock.wall());
        record.service = service;
        const std::string sid = journal->begin(record, example_plan());
        world.clock.advance(std::chrono::seconds(2));
        journal->end(sid, state, code);
    };
    run("vm188", "start", ActionState::done, 0);
    run("vm188", "stop", ActionState::done, 0);
    run("vm188", "start", ActionState::failed, 1);
    run("vm189", "start", ActionState::done, 0);
    journal->begin(example_record("stop", world.clock.wall()), example_plan());  // has not ended

    const auto runs = JournalReader(world.world(), world.database()).last_runs();
    REQUIRE(runs.size() == 2);
    REQUIRE(runs.at("vm188").size() == 2);
    const LastRun& start = runs.at("vm188")[0];
    CHECK(start.action == "start");
    CHECK(start.state == ActionState::failed);
    CHECK(start.exit_code == 1);
    CHECK(start.elapsed == std::chrono::seconds(2));
    CHECK(runs.at("vm188")[1].action == "stop");
    CHECK(runs.at("vm188")[1].ended == start.ended - std::chrono::seconds(2));
    CHECK(runs.at("vm189").size() == 1);
}

TEST_CASE("a damaged journal is a problem with words, and no answers") {
    TestWorld world;
    {
        const auto journal = Journal::open(world.world(), world.database());
        for (int i = 0; i < 50; ++i) journal->begin(example_record("start", world.clock.wall()), wide_plan(10));
    }
    kill_owners(world);
    SUBCASE("from the beginning") {
        std::ofstream(world.database(), std::ios::trunc) << std::string(9000, 'x');
        JournalReader reader(world.world(), world.database());
        CHECK(reader.problem().find(world.database() + ": this file is not a database of svcmgr") == 0);
        CHECK_FALSE(reader.interrupted("vm188").has_value());
        CHECK(reader.actions("vm188", 10).empty());
    }
    SUBCASE("in the middle") {
        const auto size = std::filesystem::file_size(world.database());
        std::fstream file(world.database(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(size / 8));
        const std::string noise(size - size / 8, '\xa5');
        file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
        file.close();
        JournalReader reader(world.world(), world.database());
        CHECK(reader.actions("vm188", 1000).empty());
        CHECK(reader.problem().find("this database is damaged") != std::string::npos);
    }
    SUBCASE("a newer schema") {
        Database::open_for_writing(world.files, world.database())->execute("PRAGMA user_version = 9");
        JournalReader reader(world.world(), world.database());
        CHECK(reader.problem().find("its schema is 9") != std::string::npos);
        CHECK(reader.actions("vm188", 10).empty());
    }
}

// If this fails, `print status` is silent about a killed action exactly when the disk is full or broken (design.md 6.4).
TEST_CASE("a killed action is seen on a full and on a read-only disk") {
    const auto complaints = in_child_with_mounts([](const Complain& complain) {
        TestWorld world;
        const Path disk = world.path() + "/state";
        std::filesystem::create_directory(disk);
        mount_memory_disk(disk, 4096);
        kill_owners(world);
        const auto kill_a_start = [&] {
            const std::string killed = in_child([&](const Complain&) {
                const auto journal = Journal::open(world.world(), world.database());
                journal->step_begun(journal->begin(example_record("start", world.clock.wall()), example_plan()), 2);
                ::raise(SIGKILL);
            });
            if (killed != "ended by signal 9\n") complain("the child: " + killed);
        };
        const auto expect_step = [&](const std::string& situation) {
            JournalReader reader(world.world(), world.database());
            const auto interrupted = reader.interrupted("vm188");
            if (!interrupted || interrupted->step != "container#1 start") complain(situation + ": not seen; problem: " + reader.problem());
        };
        const auto fill = [&](const std::string& name) {
            std::ofstream filler(disk + "/" + name, std::ios::binary);
            while (filler << std::string(4096, 'x') << std::flush) continue;
        };

        kill_a_start();
        fill("filler");
        expect_step("full");
        std::filesystem::remove(world.database() + "-shm");
        fill("filler2");
        expect_step("full, without the index");
        make_read_only(disk);
        expect_step("read-only, with what is left of the index");
        remount_writable(disk);
        std::filesystem::remove(world.database() + "-shm");
        make_read_only(disk);
        {
            JournalReader blind(world.world(), world.database());
            if (blind.interrupted("vm188")) complain("from where is this answer?");
            if (blind.problem().find("this database can't be opened") == std::string::npos) complain("not said: " + blind.problem());
        }
        remount_writable(disk);
        std::filesystem::remove(disk + "/filler");
        std::filesystem::remove(disk + "/filler2");

        kill_a_start();
        make_read_only(disk);
        expect_step("read-only, killed before");
        remount_writable(disk);
        Journal::open(world.world(), world.database());  // and closes it properly
        make_read_only(disk);
        expect_step("read-only, closed properly");
        unmount(disk);
    });
    if (complaints)
        CHECK(*complaints == "");
    else
        MESSAGE("skipped: mounts are not allowed here");
}
