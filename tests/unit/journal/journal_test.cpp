#include "svcmgr/journal/journal.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "svcmgr/journal/database.h"
#include "tests/unit/journal/examples.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

Error error_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    return Error(Error::Code::failed, "(nothing was thrown)");
}

std::vector<ActionHistory> history_of(TestWorld& world, const std::string& service = "vm188") {
    return JournalReader(world.world(), world.database()).actions(service, 10'000);
}

}  // namespace

// If this fails, nobody can find out afterwards what was done, by whom, and how it ended.
TEST_CASE("an action is kept with all that is known of it") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    ActionRecord record = example_record("start", world.clock.wall());
    record.argv = {"svcmgr", "-s", "vm188", "start", "", std::string("odd \xff\n bytes")};
    record.reason = "patching";
    record.caller = {"root", "anna", "10.0.0.7"};
    record.process = {"boot-1", 4711, 18446744073709551615u};
    const Plan plan = example_plan();
    const std::string sid = journal->begin(record, plan);
    CHECK(sid.size() == 36);

    world.clock.advance(std::chrono::milliseconds(500));
    journal->step_begun(sid, 2);
    world.clock.advance(std::chrono::seconds(3));
    journal->step_ended(sid, 2, StepState::done, "running, pid 4711");
    journal->step_begun(sid, 3);
    world.clock.advance(std::chrono::seconds(1));
    journal->step_ended(sid, 3, StepState::failed, "vm188 does not answer");
    world.clock.advance(std::chrono::seconds(1));
    journal->step_ended(sid, 2, StepState::undone, "shut off");
    journal->end(sid, ActionState::undone, 1);

    const auto found = JournalReader(world.world(), world.database()).action(sid);
    REQUIRE(found.has_value());
    CHECK(found->action.sid == sid);
    CHECK(found->action.service == "vm188");
    CHECK(found->action.action == "start");
    CHECK(found->action.argv == record.argv);
    CHECK(found->action.reason == "patching");
    CHECK(found->action.caller.user == "root");
    CHECK(found->action.caller.sudo_user == "anna");
    CHECK(found->action.caller.ssh_client == "10.0.0.7");
    CHECK(found->action.node == "node109");
    CHECK(found->action.process == record.process);
    CHECK(found->action.begun == record.begun);
    CHECK(found->state == ActionState::undone);
    CHECK(found->exit_code == 1);
    CHECK(found->ended == record.begun + std::chrono::milliseconds(5500));
    CHECK(found->closed_by.empty());

    REQUIRE(found->steps.size() == 3);
    const StepRecord& guard = found->steps[0];
    CHECK(guard.step.guard());
    CHECK(guard.state == StepState::planned);
    CHECK_FALSE(guard.begun.has_value());
    REQUIRE(guard.step.refusal.has_value());
    CHECK(guard.step.refusal->code() == Error::Code::refused);
    CHECK(guard.step.refusal->message() == "vm188 runs on node110");
    CHECK(guard.step.refusal->where() == "container#1");
    CHECK(guard.step.refusal->hint() == "stop it there");
    const StepRecord& start = found->steps[1];
    CHECK(start.step.name() == "container#1 start");
    CHECK(start.step.reason == "vm188 is shut off");
    CHECK(start.step.deadline == std::chrono::minutes(2));
    CHECK(start.step.expected == std::chrono::milliseconds(1500));
    CHECK(start.step.undo == "stop");
    CHECK(start.step.undo_deadline == std::chrono::minutes(3));
    CHECK(start.step.on_failure == Step::OnFailure::give_up);
    CHECK_FALSE(start.step.refusal.has_value());
    CHECK(start.state == StepState::undone);
    CHECK(start.begun == record.begun + std::chrono::milliseconds(500));
    CHECK(start.ended == record.begun + std::chrono::milliseconds(3500));
    CHECK(start.elapsed == std::chrono::seconds(3));
    CHECK(start.evidence == "running, pid 4711");
    CHECK(start.undone == record.begun + std::chrono::milliseconds(5500));
    CHECK(start.undo_evidence == "shut off");
    const StepRecord& wait = found->steps[2];
    CHECK(wait.step.after == std::vector<int>{1, 2});
    CHECK(wait.step.on_failure == Step::OnFailure::go_on);
    CHECK_FALSE(wait.step.expected.has_value());
    CHECK(wait.state == StepState::failed);
    CHECK(wait.evidence == "vm188 does not answer");
    REQUIRE(found->left_alone.size() == 1);
    CHECK(found->left_alone[0].rid == Rid("ip#1"));
    CHECK(found->left_alone[0].reason == "it is up");
}

// If this fails, svcmgr acts without a record, and after a kill nobody knows what was under way.
TEST_CASE("a step that is not in the record may not begin") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const std::string sid = journal->begin(example_record("start", world.clock.wall()), example_plan());
    CHECK(error_of([&] { journal->step_begun(sid, 99); }).code() == Error::Code::failed);
    CHECK(error_of([&] { journal->step_begun("no such sid", 1); }).where() == world.database());
    Database::open_for_writing(world.files, world.database())->run("DELETE FROM action");
    CHECK(error_of([&] { journal->step_begun(sid, 2); }).message() == fmt::format("the record of action {} has no step 2", sid));
}

// If this fails, an action begins and dies of a full disk in the middle.
TEST_CASE("an action is refused before anything when there is little room") {
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals);
    const Path path = "/var/lib/svcmgr/svcmgr.db";
    const auto journal = Journal::open(parts.world(files), path);
    files.set_capacity(600 << 10);
    Plan large = example_plan();
    large.steps.resize(40);
    for (int i = 0; i < 40; ++i) large.steps[static_cast<std::size_t>(i)].id = i + 1;

    const Error error = error_of([&] { journal->begin(example_record("start", parts.clock.wall()), large); });
    CHECK(error.code() == Error::Code::refused);
    CHECK(error.message().find("nothing was begun, because it can't be recorded: 600 KiB are free in /var/lib/svcmgr, and up to ") == 0);
    CHECK(error.hint() == "make room in the file system of /var/lib/svcmgr");
    CHECK(JournalReader(parts.world(files), path).actions("vm188", 10).empty());

    files.set_capacity(64 << 20);
    CHECK_FALSE(journal->begin(example_record("start", parts.clock.wall()), large).empty());
}

TEST_CASE("a disk that does not say how much room it has is not held against it") {
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals);
    const auto journal = Journal::open(parts.world(files), "/var/lib/svcmgr/svcmgr.db");
    files.fail("/var/lib/svcmgr", MemoryFiles::FaultOn::look, 5);
    CHECK_FALSE(journal->begin(example_record("start", parts.clock.wall()), example_plan()).empty());
}

// If this fails, an action on a node with a broken disk ends in a puzzle, or begins.
TEST_CASE("a journal that can't be written refuses") {
    TestWorld world;
    SUBCASE("a newer schema") {
        Database::open_for_writing(world.files, world.database())->execute("PRAGMA user_version = 77");
        const Error error = error_of([&] { Journal::open(world.world(), world.database()); });
        CHECK(error.code() == Error::Code::refused);
        CHECK(error.message().find("nothing was begun, because it can't be recorded: a newer svcmgr made this database") == 0);
        CHECK_FALSE(error.hint().empty());
    }
    SUBCASE("a damaged file") {
        std::filesystem::create_directory(world.path() + "/state");
        std::ofstream(world.database()) << std::string(5000, 'x');
        CHECK(error_of([&] { Journal::open(world.world(), world.database()); }).code() == Error::Code::refused);
    }
    SUBCASE("no directory can be made") {
        std::ofstream(world.path() + "/state") << "a file";
        const Error error = error_of([&] { Journal::open(world.world(), world.database()); });
        CHECK(error.code() == Error::Code::refused);
        CHECK(error.where().find(world.path()) == 0);
    }
}

TEST_CASE("a journal on a full or read-only file system refuses, before and after it was opened") {
    const auto complaints = in_child_with_mounts([](const Complain& complain) {
        TestWorld world;
        const Path disk = world.path() + "/state";
        std::filesystem::create_directory(disk);
        const auto expect_refusal = [&](const std::string& when, const std::string& words, const std::function<void()>& call) {
            const Error error = error_of(call);
            if (error.code() != Error::Code::refused || error.message().find(words) == std::string::npos)
                complain(when + ": " + error.what());
        };
        const auto begin = [&](Journal& journal) { journal.begin(example_record("start", world.clock.wall()), example_plan()); };

        mount_memory_disk(disk, 16);
        expect_refusal("no room for a database", "there is no room left for this database",
                       [&] { Journal::open(world.world(), world.database()); });
        unmount(disk);

        mount_memory_disk(disk, 4096);
        {
            const auto journal = Journal::open(world.world(), world.database());
            begin(*journal);
            std::ofstream(disk + "/filler") << std::string(3500 << 10, 'x');
            expect_refusal("little room", "KiB are free in", [&] { begin(*journal); });
        }
        make_read_only(disk);
        expect_refusal("read-only", "this database can't be written", [&] { Journal::open(world.world(), world.database()); });
        if (JournalReader(world.world(), world.database()).actions("vm188", 10).size() != 1)
            complain("the reader does not see the one action");
        unmount(disk);
    });
    if (complaints)
        CHECK(*complaints == "");
    else
        MESSAGE("skipped: mounts are not allowed here");
}

// If this fails, a step takes "-3 h" because somebody corrected the clock, and every forecast is wrong.
TEST_CASE("durations don't jump with the clock") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const std::string sid = journal->begin(example_record("start", world.clock.wall()), example_plan());
    journal->step_begun(sid, 2);
    world.clock.advance(std::chrono::seconds(4));
    world.clock.set_wall(-std::chrono::hours(3));
    journal->step_ended(sid, 2, StepState::done, "");
    CHECK(history_of(world)[0].steps[1].elapsed == std::chrono::seconds(4));
}

TEST_CASE("long evidence is cut off, not within a character") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const std::string sid = journal->begin(example_record("start", world.clock.wall()), example_plan());
    std::string text = "x";
    while (text.size() < 10'000) text += "\xc3\xa9";
    journal->step_ended(sid, 2, StepState::done, text);
    const std::string kept = history_of(world)[0].steps[1].evidence;
    CHECK(kept.size() == 4095);
    CHECK(text.starts_with(kept));
}

// If this fails, the journal fills the disk of a node that runs for years.
TEST_CASE("old actions are forgotten: by age, and by number of a service") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const auto act = [&](const std::string& service) {
        ActionRecord record = example_record("start", world.clock.wall());
        record.service = service;
        const std::string sid = journal->begin(record, example_plan());
        journal->end(sid, ActionState::done, 0);
        return sid;
    };
    SUBCASE("by age, also those of other services, and a few at a time") {
        for (int i = 0; i < 30; ++i) act("old");
        const std::string open = journal->begin(example_record("stop", world.clock.wall()), example_plan());
        world.clock.advance(std::chrono::hours(24 * 89));
        act("vm188");
        CHECK(history_of(world, "old").size() == 30);
        world.clock.advance(std::chrono::hours(24 * 2));
        act("vm188");
        CHECK(history_of(world, "old").size() == 10);
        act("vm188");
        CHECK(history_of(world, "old").empty());
        CHECK(history_of(world, "vm188").size() == 4);  // the open one waits for somebody who sees it
        CHECK(history_of(world, "vm188").back().action.sid == open);
    }
    SUBCASE("by number") {
        const std::string first = act("vm188");
        act("other");
        for (int i = 0; i < 499; ++i) act("vm188");
        CHECK(history_of(world).size() == 500);
        CHECK(history_of(world).back().action.sid == first);
        act("vm188");
        CHECK(history_of(world).size() == 500);
        CHECK(history_of(world).back().action.sid != first);
        const std::string open = journal->begin(example_record("stop", world.clock.wall()), example_plan());
        for (int i = 0; i < 501; ++i) act("vm188");
        CHECK(history_of(world).size() == 501);
        CHECK(history_of(world).back().action.sid == open);
        CHECK(history_of(world, "other").size() == 1);
    }
    const auto database = Database::open_for_reading(world.files, world.database());
    for (const char* table : {"step", "argument", "left_alone"}) {
        Rows orphans = database->query(fmt::format("SELECT count(*) FROM {} WHERE action NOT IN (SELECT id FROM action)", table));
        REQUIRE(orphans.next());
        CHECK(orphans.integer(0) == 0);
    }
}

// If this fails, a node whose owner has set limits has a journal that does not keep to them.
TEST_CASE("how much is kept can be set, and the database does not outgrow its size") {
    TestWorld world;
    const auto act = [&](Journal& journal, int times) {
        ActionRecord record = example_record("start", world.clock.wall());
        record.reason = std::string(20'000, 'x');
        for (int i = 0; i < times; ++i) journal.end(journal.begin(record, example_plan()), ActionState::done, 0);
    };
    SUBCASE("by number") {
        act(*Journal::open(world.world(), world.database(), {.actions = 3}), 10);
        CHECK(history_of(world).size() == 3);
    }
    SUBCASE("by age") {
        const auto journal = Journal::open(world.world(), world.database(), {.age = std::chrono::days(2)});
        act(*journal, 5);
        world.clock.advance(std::chrono::hours(49));
        act(*journal, 1);
        CHECK(history_of(world).size() == 1);
    }
    SUBCASE("by size") {
        act(*Journal::open(world.world(), world.database(), {.size = 1 << 20}), 200);
        CHECK(history_of(world).size() < 60);
        CHECK(history_of(world).size() > 20);
        CHECK(std::filesystem::file_size(world.database()) < (3u << 20) / 2);
    }
    SUBCASE("the newest are kept however small it is, and so is what was interrupted") {
        const auto journal = Journal::open(world.world(), world.database(), {.size = 1});
        const std::string open = journal->begin(example_record("stop", world.clock.wall()), example_plan());
        act(*journal, 50);
        CHECK(history_of(world).size() == 21);
        CHECK(history_of(world).back().action.sid == open);
    }
}

// If this fails, keep_days holds only on nodes on which something happens.
TEST_CASE("what is not to be kept can be forgotten without an action") {
    TestWorld world;
    std::string open;
    {
        const auto journal = Journal::open(world.world(), world.database());
        const auto act = [&](const std::string& service, int times) {
            ActionRecord record = example_record("start", world.clock.wall());
            record.service = service;
            record.reason = std::string(20'000, 'x');
            for (int i = 0; i < times; ++i) journal->end(journal->begin(record, example_plan()), ActionState::done, 0);
        };
        act("old", 70);
        open = journal->begin(example_record("stop", world.clock.wall()), example_plan());
        world.clock.advance(std::chrono::hours(24 * 60));
        act("vm188", 50);
        act("other", 50);
    }
    const auto prune = [&](const Retention& retention) {
        const auto [forgotten, left] = Journal::prune(world.world(), world.database(), retention);
        return std::pair(forgotten, left);
    };
    CHECK(prune({}) == std::pair(0, 171));
    world.clock.advance(std::chrono::hours(24 * 31));
    CHECK(prune({}) == std::pair(70, 101));
    CHECK(prune({}) == std::pair(0, 101));
    CHECK(prune({.actions = 40}) == std::pair(20, 81));
    CHECK(history_of(world, "other").size() == 40);
    CHECK(prune({.actions = 40, .size = 1}) == std::pair(60, 21));  // the newest twenty, and what is open
    CHECK(history_of(world, "vm188").back().action.sid == open);
}

TEST_CASE("guards are recorded with their verdict") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    Plan plan = example_plan();
    plan.steps.insert(plan.steps.begin(), Step{.id = 1, .verb = "check frozen"});
    plan.steps[1].id = 4;
    journal->begin(example_record("start", world.clock.wall()), plan);
    const ActionHistory history = history_of(world).front();
    CHECK(history.steps[0].state == StepState::done);
    CHECK(history.steps[3].step.refusal.has_value());
    CHECK(history.steps[3].state == StepState::planned);
    CHECK(history.steps[1].state == StepState::planned);
}

// If this fails, two services that are started in parallel by one process mix up their records.
TEST_CASE("a journal can be used by several threads") {
    TestWorld world;
    const auto journal = Journal::open(world.world(), world.database());
    const std::string sid = journal->begin(example_record("start", world.clock.wall()), wide_plan(8));
    std::vector<std::thread> threads;
    for (int step = 1; step <= 8; ++step)
        threads.emplace_back([&, step] {
            journal->step_begun(sid, step);
            journal->step_ended(sid, step, StepState::done, fmt::format("step {}", step));
        });
    for (auto& thread : threads) thread.join();
    const auto history = history_of(world);
    REQUIRE(history.size() == 1);
    for (const StepRecord& step : history[0].steps) {
        CHECK(step.state == StepState::done);
        CHECK(step.evidence == fmt::format("step {}", step.step.id));
    }
}

TEST_CASE("two processes write their actions at once") {
    TestWorld world;
    const std::string complaints = in_children(3, [&](int child, const Complain&) {
        const auto journal = Journal::open(world.world(), world.database());
        for (int i = 0; i < 20; ++i) {
            ActionRecord record = example_record("start", world.clock.wall());
            record.process.pid = 1000 + child;
            const std::string sid = journal->begin(record, example_plan());
            journal->step_begun(sid, 2);
            journal->step_ended(sid, 2, StepState::done, fmt::format("child {}", child));
            journal->end(sid, ActionState::done, 0);
        }
    });
    CHECK(complaints == "");
    const auto history = history_of(world);
    CHECK(history.size() == 60);
    for (const ActionHistory& action : history) {
        CHECK(action.state == ActionState::done);
        CHECK(action.steps[1].evidence == fmt::format("child {}", action.action.process.pid - 1000));
    }
}
