// The simulated world itself: a scenario is worth as much as the world that it is played in.

#include <doctest/doctest.h>

#include <csignal>
#include <mutex>

#include "drivers/error.h"
#include "drivers/host.h"
#include "svcmgr/journal/database.h"
#include "tests/scenario/sim_process.h"

using namespace svcmgr;
using namespace svcmgr::sim;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    explicit Fixture(std::uint64_t seed = 0) : world(seed), node(world.add_node("node1")) {
        world.add_guest("vm188");
        kvm().guests()["vm188"];
    }

    HypervisorModel& kvm() { return node.hypervisor("kvm"); }
    /// Runs `main` as a process, to its end.
    int run(const std::function<int(World)>& main) {
        Process process(world, node);
        process.run([&] { return main(process.world()); });
        world.scheduler().wait([&] { return process.ended(); }, Scheduler::never, "the test's process");
        return process.exit_code();
    }
    Duration elapsed() { return world.scheduler().now().time_since_epoch(); }

    SimWorld world;
    sim::Node& node;
    Guest guest{"vm188", "vm188"};
};

Deadline in(World& world, Duration duration) {
    return Deadline::in(world.clock, duration);
}

}  // namespace

TEST_CASE("a sleep takes no time, and the clock is later by all of it") {
    Fixture f;
    f.run([](World world) {
        world.clock.sleep_until(world.clock.now() + 24h);
        return 0;
    });
    CHECK(f.elapsed() == Duration(24h));
}

TEST_CASE("tasks wait side by side, not one after the other") {
    Fixture f;
    f.run([](World world) {
        std::vector<std::function<void()>> work(10, [&] { world.clock.sleep_until(world.clock.now() + 3s); });
        run_together(world.tasks, work);
        return 0;
    });
    CHECK(f.elapsed() == Duration(3s));
}

TEST_CASE("a group reports each task once, in the order in which they end") {
    Fixture f;
    std::vector<TaskGroup::Id> order;
    f.run([&](World world) {
        const auto group = world.tasks.group();
        for (const Duration nap : {Duration(3s), Duration(1s), Duration(2s)})
            group->spawn([&world, nap] { world.clock.sleep_until(world.clock.now() + nap); });
        CHECK_FALSE(group->wait_any(in(world, 500ms)));
        while (const auto id = group->wait_any(in(world, 10s))) order.push_back(*id);
        return 0;
    });
    CHECK(order == std::vector<TaskGroup::Id>{2, 3, 1});
}

TEST_CASE("a mutex that is held through a wait keeps others waiting, not the world") {
    Fixture f;
    f.run([](World world) {
        std::mutex mutex;
        const auto nap = [&] {
            const std::lock_guard lock(mutex);
            world.clock.sleep_until(world.clock.now() + 1s);
        };
        run_together(world.tasks, {nap, nap, nap});
        return 0;
    });
    CHECK(f.elapsed() == Duration(3s));
}

TEST_CASE("the same seed gives the same order, and seeds give different ones") {
    const auto order_of = [](std::uint64_t seed) {
        Fixture f(seed);
        std::vector<int> order;
        f.run([&](World world) {
            std::vector<std::function<void()>> work;
            for (int i = 0; i < 6; ++i) work.emplace_back([&order, &world, i] { world.clock.now(), order.push_back(i); });
            run_together(world.tasks, work);
            return 0;
        });
        return order;
    };
    CHECK(order_of(7) == order_of(7));
    std::set<std::vector<int>> orders;
    for (std::uint64_t seed = 1; seed < 20; ++seed) orders.insert(order_of(seed));
    CHECK(orders.size() > 5);
}

TEST_CASE("a signal ends waiting, until it is taken") {
    Fixture f;
    Process process(f.world, f.node);
    f.world.scheduler().at(f.world.scheduler().now() + 2s, [&] { process.signal(SIGINT); });
    process.run([&] {
        World world = process.world();
        world.clock.sleep_until(world.clock.now() + 1h);
        CHECK(f.elapsed() == Duration(2s));
        CHECK(world.signals.pending() == SIGINT);
        CHECK(world.signals.take() == SIGINT);
        CHECK(world.signals.pending() == 0);
        world.clock.sleep_until(world.clock.now() + 1h);
        return 0;
    });
    f.world.scheduler().wait([&] { return process.ended(); }, Scheduler::never, "it");
    CHECK(f.elapsed() == Duration(1h + 2s));
}

TEST_CASE("a killed process does nothing more, and lets go of its locks") {
    Fixture f;
    Process process(f.world, f.node);
    f.world.scheduler().at(f.world.scheduler().now() + 2s, [&] { process.kill(); });
    bool caught = false;
    process.run([&] {
        World world = process.world();
        const auto lock = world.files.lock("/run/svcmgr/vm188.lock", "me", in(world, 1s));
        try {
            world.clock.sleep_until(world.clock.now() + 1h);
            world.files.replace("/etc/svcmgr/too-late", "", 0600);
        } catch (const std::exception&) {
            caught = true;
        }
        return 0;
    });
    f.world.scheduler().wait([&] { return process.ended(); }, Scheduler::never, "it");
    CHECK(process.killed());
    CHECK(process.exit_code() == 137);
    CHECK_FALSE(caught);
    CHECK_FALSE(f.node.files().facts("/etc/svcmgr/too-late"));
    CHECK_FALSE(f.node.files().lock_holder("/run/svcmgr/vm188.lock"));
    f.run([&](World world) {
        CHECK_FALSE(world.processes.alive(process.id()));
        CHECK(world.processes.alive(world.processes.self()));
        return 0;
    });
}

TEST_CASE("a second process waits for the lock of the first, until its own deadline") {
    Fixture f;
    Process first(f.world, f.node);
    first.run([&] {
        World world = first.world();
        const auto lock = world.files.lock("/run/svcmgr/vm188.lock", "the first", in(world, 1s));
        world.clock.sleep_until(world.clock.now() + 10s);
        return 0;
    });
    f.run([&](World world) {
        world.clock.sleep_until(world.clock.now() + 1s);
        const auto refused = world.files.lock("/run/svcmgr/vm188.lock", "the second", in(world, 3s));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().holder == "the first");
        CHECK(world.files.lock("/run/svcmgr/vm188.lock", "the second", in(world, 30s)).has_value());
        return 0;
    });
    CHECK(f.elapsed() >= Duration(10s));
    CHECK(f.elapsed() < Duration(11s));
}

TEST_CASE("what was committed survives a kill; what was not does not") {
    Fixture f;
    const Path path = "/var/lib/svcmgr/svcmgr.db";
    Process process(f.world, f.node);
    process.run([&] {
        World world = process.world();
        const auto database = Database::open_for_writing(world.files, path);
        database->execute("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
        Transaction transaction(*database);
        database->execute("INSERT INTO t VALUES (2)");
        process.kill();
        world.clock.now();
        return 0;
    });
    f.world.scheduler().wait([&] { return process.ended(); }, Scheduler::never, "it");
    CHECK(f.node.databases().open_count() == 0);
    f.run([&](World world) {
        const auto database = Database::open_for_writing(world.files, path);
        Rows rows = database->query("SELECT n FROM t");
        REQUIRE(rows.next());
        CHECK(rows.integer(0) == 1);
        CHECK_FALSE(rows.next());
        return 0;
    });
}

TEST_CASE("a reader reads while a writer is in the middle, and two writers wait for each other in virtual time") {
    Fixture f;
    const Path path = "/var/lib/svcmgr/svcmgr.db";
    f.run([&](World world) {
        Database::open_for_writing(world.files, path)->execute("CREATE TABLE t (n INTEGER)");
        return 0;
    });
    Process slow(f.world, f.node);
    slow.run([&] {
        World world = slow.world();
        const auto database = Database::open_for_writing(world.files, path);
        Transaction transaction(*database);
        database->execute("INSERT INTO t VALUES (1)");
        world.clock.sleep_until(world.clock.now() + 3s);
        transaction.commit();
        return 0;
    });
    f.run([&](World world) {
        world.clock.sleep_until(world.clock.now() + 1s);
        {
            const auto reader = Database::open_for_reading(world.files, path);
            Rows rows = reader->query("SELECT count(*) FROM t");
            REQUIRE(rows.next());
            CHECK(rows.integer(0) == 0);
        }
        const auto writer = Database::open_for_writing(world.files, path);
        writer->execute("INSERT INTO t VALUES (2)");
        Rows rows = writer->query("SELECT count(*) FROM t");
        REQUIRE(rows.next());
        CHECK(rows.integer(0) == 2);
        return 0;
    });
    CHECK(f.elapsed() >= Duration(3s));
}

TEST_CASE("a full or read-only disk refuses the database's writes, and not its reads") {
    Fixture f;
    const Path path = "/var/lib/svcmgr/svcmgr.db";
    f.run([&](World world) {
        Database::open_for_writing(world.files, path)->execute("CREATE TABLE t (n INTEGER)");
        return 0;
    });
    for (const auto disk : {sim::Node::Disk::full, sim::Node::Disk::read_only}) {
        f.node.set_disk(disk);
        f.run([&](World world) {
            CHECK(Database::open_for_reading(world.files, path));
            CHECK_THROWS_AS(
                Database::open_for_writing(world.files, path)
                    ->execute("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 20000) INSERT INTO t SELECT n FROM c"),
                Error);
            CHECK_THROWS_AS(world.files.replace("/var/lib/svcmgr/FROZEN", "", 0600), Error);
            return 0;
        });
    }
}

TEST_CASE("power loss takes what was not synced, and leaves what was committed") {
    Fixture f;
    const Path path = "/var/lib/svcmgr/svcmgr.db";
    f.run([&](World world) {
        const auto database = Database::open_for_writing(world.files, path);
        database->execute("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
        database->execute("PRAGMA synchronous = OFF");
        database->execute("INSERT INTO t VALUES (2)");
        f.node.reboot();
        world.clock.now();
        return 0;
    });
    f.run([&](World world) {
        const auto database = Database::open_for_writing(world.files, path);
        Rows rows = database->query("SELECT max(n) FROM t");
        REQUIRE(rows.next());
        CHECK(rows.integer(0) == 1);
        return 0;
    });
}

TEST_CASE("a reboot stops guests and processes, empties /run and changes the boot id") {
    Fixture f;
    f.node.files().put("/run/svcmgr/vm188.lock", "");
    const std::string before = f.node.boot_id();
    f.kvm().boot("vm188", "running (booted)");
    f.node.reboot();
    CHECK(f.node.boot_id() != before);
    CHECK(f.world.homes("vm188").empty());
    CHECK_FALSE(f.node.files().facts("/run/svcmgr/vm188.lock"));
}

TEST_CASE("a guest boots: first its hypervisor says that it runs, then it answers ping, then ssh") {
    Fixture f;
    f.run([&](World world) {
        Hypervisor& kvm = world.hypervisors.get("kvm");
        const std::vector<Guest> guests{f.guest, {"nobody", "nobody"}};
        auto seen = kvm.look(guests, in(world, 1s));
        CHECK(seen[0].value == GuestState::Value::stopped);
        CHECK(seen[1].value == GuestState::Value::absent);
        kvm.start(f.guest, in(world, 10s));
        CHECK(kvm.look({&f.guest, 1}, in(world, 1s)).front().value == GuestState::Value::running);
        CHECK_FALSE(world.network.ping("vm188", in(world, 1s)).answered);
        CHECK(world.network.ping("vm188", in(world, 3s)).answered);
        CHECK_FALSE(kvm.run_inside(f.guest, {"pwd"}, in(world, 1s)).ok());
        world.clock.sleep_until(world.clock.now() + 3s);
        const SshOutcome outcome = kvm.run_inside(f.guest, {"pwd"}, in(world, 1s));
        CHECK(outcome.ok());
        CHECK(outcome.result.out == "/root\n");
        CHECK_THROWS_AS(kvm.start(f.guest, in(world, 10s)), Error);
        return 0;
    });
}

TEST_CASE("a start that nobody waits for any more still happens") {
    Fixture f;
    f.kvm().start_takes = 5s;
    f.run([&](World world) {
        CHECK_THROWS_AS(world.hypervisors.get("kvm").start(f.guest, in(world, 1s)), Error);
        return 0;
    });
    CHECK(f.world.homes("vm188") == std::vector<std::string>{"node1"});
    f.world.clock().sleep_until(f.world.clock().now() + 10s);
    CHECK(f.kvm().guests()["vm188"].state == GuestState::Value::running);
}

TEST_CASE("a guest that hears shuts down, a deaf one has to be forced") {
    Fixture f;
    f.kvm().boot("vm188", "running (booted)");
    f.world.clock().sleep_until(f.world.clock().now() + 10s);
    GuestModel& model = *f.world.find_guest("vm188");
    model.deaf = true;
    f.run([&](World world) {
        Hypervisor& kvm = world.hypervisors.get("kvm");
        kvm.stop(f.guest, StopMode::ask, in(world, 10s));
        world.clock.sleep_until(world.clock.now() + 60s);
        CHECK(f.kvm().guests()["vm188"].exists());
        kvm.stop(f.guest, StopMode::force, in(world, 10s));
        CHECK_FALSE(f.kvm().guests()["vm188"].exists());
        kvm.start(f.guest, in(world, 10s));
        world.clock.sleep_until(world.clock.now() + 10s);
        model.deaf = false;
        kvm.stop(f.guest, StopMode::ask, in(world, 10s));
        world.clock.sleep_until(world.clock.now() + 2s);
        CHECK_FALSE(f.kvm().guests()["vm188"].exists());
        return 0;
    });
}

TEST_CASE("a hung hypervisor uses up the deadline, a dead one answers at once; neither says that a guest is down") {
    Fixture f;
    f.kvm().set_daemon(HypervisorModel::Daemon::hung);
    f.run([&](World world) {
        Hypervisor& kvm = world.hypervisors.get("kvm");
        CHECK(kvm.look({&f.guest, 1}, in(world, 2s)).front().value == GuestState::Value::unknown);
        CHECK(f.elapsed() == Duration(2s));
        f.kvm().set_daemon(HypervisorModel::Daemon::dead);
        CHECK(kvm.look({&f.guest, 1}, in(world, 2s)).front().value == GuestState::Value::unknown);
        CHECK(f.elapsed() == Duration(2s));
        return 0;
    });
}

TEST_CASE("launchers run in the guest: they work, fail, hang, and lose their guest") {
    Fixture f;
    GuestModel& model = *f.world.find_guest("vm188");
    model.launchers["S10web"] = {};
    model.launchers["C10web"] = {};
    model.launchers["S20db"] = {.exit_code = 3, .says = "no such table"};
    model.launchers["S30slow"] = {.hangs = true};
    f.kvm().boot("vm188", "running (booted)");
    f.world.clock().sleep_until(f.world.clock().now() + 10s);
    f.run([&](World world) {
        Hypervisor& kvm = world.hypervisors.get("kvm");
        const auto inside = [&](const Argv& argv) { return kvm.run_inside(f.guest, argv, in(world, 5s)); };
        CHECK(inside({"find", "/svc/etc/init.d", "-name", "[SKC]*"}).result.out ==
              "/svc/etc/init.d/C10web\n/svc/etc/init.d/S10web\n/svc/etc/init.d/S20db\n/svc/etc/init.d/S30slow\n");
        CHECK(inside({"/svc/etc/init.d/C10web", "status"}).result.exit_code == 1);
        CHECK(inside({"/svc/etc/init.d/S10web", "start"}).ok());
        CHECK(inside({"/svc/etc/init.d/C10web", "status"}).ok());
        CHECK(inside({"/svc/etc/init.d/S20db", "start"}).describe() == "exited with 3: no such table");
        CHECK(inside({"/svc/etc/init.d/S30slow", "start"}).value == SshOutcome::Value::timed_out);
        f.world.scheduler().at(f.world.scheduler().now() + 1s,
                               [&] { f.kvm().set_state("vm188", GuestState::Value::stopped, "shut off (crashed)"); });
        CHECK(inside({"/svc/etc/init.d/S30slow", "start"}).value == SshOutcome::Value::unreachable);
        return 0;
    });
    CHECK(model.applications.empty());
}

TEST_CASE("names without addresses, cut networks, silent guests and keys that changed are told apart") {
    Fixture f;
    GuestModel& model = *f.world.find_guest("vm188");
    f.kvm().boot("vm188", "running (booted)");
    f.world.clock().sleep_until(f.world.clock().now() + 10s);
    f.run([&](World world) {
        Hypervisor& kvm = world.hypervisors.get("kvm");
        const auto answer = [&] { return kvm.run_inside(f.guest, {"pwd"}, in(world, 5s)).value; };
        using Value = SshOutcome::Value;
        CHECK(answer() == Value::ran);
        model.ssh = GuestModel::Ssh::refused;
        CHECK(answer() == Value::refused);
        model.ssh = GuestModel::Ssh::silent;
        CHECK(answer() == Value::timed_out);
        model.ssh = GuestModel::Ssh::key_changed;
        CHECK(answer() == Value::host_key_changed);
        model.ssh = GuestModel::Ssh::fine;
        f.world.network.cut.insert({"node1", "vm188"});
        CHECK(answer() == Value::unreachable);
        CHECK_FALSE(world.network.ping("vm188", in(world, 1s)).answered);
        f.world.network.unresolvable.insert("vm188");
        CHECK(answer() == Value::unresolved);
        return 0;
    });
}

TEST_CASE("programs answer what a scenario says, are missing, fail, and are given up at their deadline") {
    Fixture f;
    f.node.programs["lvs --noheadings"] = {.prints = "vg0\n"};
    f.node.programs["false"] = {.exit_code = 1, .says = "no\n"};
    f.node.programs["sleep"] = {.hangs = true};
    f.run([&](World world) {
        CHECK(world.processes.run({"lvs", "--noheadings"}, in(world, 1s)).out == "vg0\n");
        CHECK_FALSE(world.processes.run({"lvs"}, in(world, 1s)).not_started.empty());
        CHECK(world.processes.run({"false"}, in(world, 1s)).describe() == "exited with 1: no");
        CHECK(world.processes.run({"sleep", "100"}, in(world, 2s)).timed_out);
        return 0;
    });
    CHECK(f.elapsed() >= Duration(2s));
}
