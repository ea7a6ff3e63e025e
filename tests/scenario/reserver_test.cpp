// Taking and giving back the reservations of several disks, on simulated disks: races, kills, lost paths, fencing, hand-over.

#include "resources/reservation/reserver.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "drivers/scsi/reservation_bytes.h"
#include "tests/scenario/sim_process.h"

using namespace svcmgr;
using namespace svcmgr::sim;
using namespace std::chrono_literals;

namespace {

constexpr ReservationType of_one = ReservationType::write_exclusive_registrants;
constexpr ReservationType of_all = ReservationType::write_exclusive_all;
const std::vector<std::string> ids = {"6001405000000001", "6001405000000002", "6001405000000003"};

ReservationKey key_of(const std::string& node) {
    return ReservationKey(0x5e2a00000000 + static_cast<std::uint64_t>(node.back() - '0'));
}

/// node1 to node3 and the disks that they share, each by two paths.
struct Stage {
    explicit Stage(std::uint64_t seed = 0) : world(seed) {
        for (const std::string& id : ids) {
            DiskModel& disk = world.disks()[id];
            disk.id = id;
            disk.reservations.features.ports = 2;
        }
        for (const auto* name : {"node1", "node2", "node3"}) {
            sim::Node& node = world.add_node(name);
            char letter = 'a';
            for (auto& [id, disk] : world.disks())
                for (const std::uint16_t port : {1, 2}) connect_disk(node, disk, fmt::format("sd{}", letter++), port);
        }
    }

    PrDisk& disk(std::size_t i) { return world.disks().at(ids[i]).reservations; }
    sim::Node& node(const std::string& name) { return *world.find_node(name); }

    static std::vector<SharedDisk> disks_of(World& in, const std::string& node) {
        std::vector<Path> devices;
        for (char letter = 'f'; letter >= 'a'; --letter) devices.push_back(fmt::format("/dev/sd{}", letter));
        return shared_disks(in.files, node, devices).disks;
    }

    using Work = std::function<void(Reserver&)>;
    struct Run {
        std::unique_ptr<Process> process;
        std::string error;
        std::vector<std::string> notes;
    };
    std::unique_ptr<Run> begin(const std::string& name, const Work& work, Claim claim = {}) {
        auto run = std::make_unique<Run>();
        run->process = std::make_unique<Process>(world, node(name));
        if (!claim.key) claim.key = key_of(name);
        run->process->run([raw = run.get(), name, work, claim] {
            World in = raw->process->world();
            Doing doing{in, Deadline::in(in.clock, 1min), [raw](LogLine::Level, const std::string& text) { raw->notes.push_back(text); },
                        [] {}};
            try {
                Reserver reserver(doing, claim, disks_of(in, name));
                work(reserver);
                return 0;
            } catch (const Error& error) {
                raw->error = error.what();
                return 1;
            }
        });
        return run;
    }
    void finish(Run& run) {
        world.scheduler().wait([&] { return run.process->ended(); }, Scheduler::never, "a run");
    }
    /// What went wrong; empty when nothing did.
    std::string run(const std::string& name, const Work& work, const Claim& claim = {}) {
        const auto run = begin(name, work, claim);
        finish(*run);
        notes = run->notes;
        return run->error;
    }
    std::string take(const std::string& name, const Claim& claim = {}) {
        return run(
            name, [](Reserver& reserver) { reserver.take(); }, claim);
    }
    std::string give_up(const std::string& name) {
        return run(name, [](Reserver& reserver) { reserver.give_up(); });
    }

    std::size_t registered(std::size_t i, const std::string& name) {
        return static_cast<std::size_t>(
            std::ranges::count_if(disk(i).registrations(), [&](const auto& one) { return one.second == key_of(name); }));
    }
    bool holds(std::size_t i, const std::string& name) { return disk(i).holds({name, 1}) || disk(i).holds({name, 2}); }
    bool holds_all(const std::string& name) {
        return holds(0, name) && holds(1, name) && holds(2, name) && registered(0, name) == 2 && registered(1, name) == 2 &&
               registered(2, name) == 2;
    }
    bool holds_nothing(const std::string& name) {
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (holds(i, name) || registered(i, name) != 0) return false;
        return true;
    }
    bool writes(const std::string& name) {
        ScsiCommand write{.cdb = ScsiBytes(10), .out = {}};
        write.cdb[0] = 0x2a;
        bool all = true;
        for (std::size_t i = 0; i < ids.size(); ++i) all = all && disk(i).may_write({name, 1});
        return all;
    }

    SimWorld world;
    std::vector<std::string> notes;
};

}  // namespace

TEST_CASE("taking registers every path, reserves every disk, and giving up leaves nothing") {
    for (const ReservationType type : {of_one, of_all}) {
        Stage stage;
        CHECK(stage.take("node1", {.type = type}) == "");
        CHECK(stage.holds_all("node1"));
        CHECK(stage.disk(0).held()->type == type);
        CHECK_FALSE(stage.writes("node2"));
        CHECK(stage.take("node1", {.type = type}) == "");
        CHECK(stage.give_up("node1") == "");
        CHECK(stage.holds_nothing("node1"));
        CHECK_FALSE(stage.disk(0).held());
        CHECK(stage.give_up("node1") == "");
    }
}

TEST_CASE("who meets a foreign reservation has changed nothing, and says whose it is") {
    for (const ReservationType type : {of_one, of_all}) {
        Stage stage;
        stage.run("node2", [](Reserver& reserver) { reserver.take(); }, {.type = type});
        const auto name = [](ReservationKey key) { return key == key_of("node2") ? "node2 (" + key.text() + ")" : key.text(); };
        CHECK(stage.take("node1", {.type = type, .name = name}) ==
              "disk 6001405000000001 (sda sdb): it is reserved by node2 (0x5e2a00000002)");
        CHECK(stage.holds_nothing("node1"));
        CHECK(stage.holds_all("node2"));
    }
}

TEST_CASE("a disk in the middle that somebody else has gives the others back") {
    Stage stage;
    stage.disk(1).execute({"stranger", 1},
                          change_command({.action = ReservationChange::Action::register_key, .service_key = ReservationKey(9)}));
    stage.disk(1).execute({"stranger", 1}, change_command({.action = ReservationChange::Action::reserve, .key = ReservationKey(9)}));
    CHECK(stage.take("node1").find("it is reserved by 0x9") != std::string::npos);
    CHECK(stage.holds_nothing("node1"));
    // The same when it comes in between: the look found nothing.
    Stage late;
    late.world.on_effect = [&](const std::string& text) {
        if (text.find("0001: registered node1 on 2 paths, held by node1") == std::string::npos) return;
        for (const auto action : {ReservationChange::Action::register_and_ignore, ReservationChange::Action::reserve})
            late.disk(2).execute({"stranger", 1},
                                 change_command({.action = action, .key = ReservationKey(9), .service_key = ReservationKey(9)}));
    };
    CHECK(late.take("node1").find("0x9 was quicker") != std::string::npos);
    CHECK(late.holds_nothing("node1"));
    CHECK_FALSE(late.disk(0).held());
}

TEST_CASE("1000 races of two nodes for three disks: one has all of them, the other none (faults.md C.5, 11)") {
    int won = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        Stage stage(seed);
        const Claim claim{.type = seed % 4 == 0 ? of_all : of_one};
        const auto take = [](Reserver& reserver) { reserver.take(); };
        const auto first = stage.begin("node1", take, claim);
        const auto second = stage.begin("node2", take, claim);
        stage.finish(*first);
        stage.finish(*second);
        CAPTURE(seed);
        const bool one = first->error.empty();
        const bool two = second->error.empty();
        won += one ? 1 : 0;
        REQUIRE(one != two);
        REQUIRE(stage.holds_all(one ? "node1" : "node2"));
        REQUIRE(stage.holds_nothing(one ? "node2" : "node1"));
    }
    CHECK(won > 100);
    CHECK(won < 900);
}

TEST_CASE("three nodes race: never two owners of a disk, and whoever says that he has all has") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Stage stage(seed);
        std::vector<std::unique_ptr<Stage::Run>> runs;
        for (const auto* name : {"node1", "node2", "node3"}) runs.push_back(stage.begin(name, [](Reserver& reserver) { reserver.take(); }));
        int owners = 0;
        for (const auto& run : runs) {
            stage.finish(*run);
            const std::string name = run->process->node().name();
            CAPTURE(seed);
            owners += run->error.empty() ? 1 : 0;
        }
        REQUIRE(owners == 1);
        for (const auto& run : runs) {
            const std::string name = run->process->node().name();
            REQUIRE((run->error.empty() ? stage.holds_all(name) : stage.holds_nothing(name)));
        }
    }
}

TEST_CASE("killed at every step of taking and of giving up: the next one completes it") {
    int all_kills = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        for (const auto& [type, taking] :
             {std::pair(of_one, true), std::pair(of_one, false), std::pair(of_all, true), std::pair(of_all, false)}) {
            int kills = 0;
            for (bool killed = true; killed;) {
                Stage stage(seed);
                for (std::size_t i = 0; i < ids.size(); ++i) {  // so that no two disks are at the same step
                    stage.disk(i).features.all_target_ports = false;
                    stage.world.disks().at(ids[i]).takes = 200us + i * 70us;
                }
                const Claim claim{.type = type};
                if (!taking) REQUIRE(stage.take("node1", claim) == "");
                const auto run = stage.begin(
                    "node1", [is_taking = taking](Reserver& reserver) { is_taking ? reserver.take() : reserver.give_up(); }, claim);
                killed = false;
                run->process->on_place = [&, process = run->process.get()](int place) {
                    if (place <= kills || killed) return;
                    killed = true;
                    process->kill();
                };
                stage.finish(*run);
                kills += killed ? 1 : 0;
                CAPTURE(kills);
                const auto& the_taking = taking;
                CAPTURE(the_taking);
                // Another node may find the disks half taken: it gets all or nothing, too.
                if (const std::string refused = stage.take("node2", claim); refused.empty()) {
                    REQUIRE(stage.holds_all("node2"));
                    REQUIRE(stage.give_up("node2") == "");
                } else {
                    REQUIRE(stage.holds_nothing("node2"));
                }
                REQUIRE(stage.take("node1", claim) == "");
                REQUIRE(stage.holds_all("node1"));
                REQUIRE(stage.give_up("node1") == "");
                REQUIRE(stage.holds_nothing("node1"));
                REQUIRE_FALSE(stage.disk(0).held());
            }
            all_kills += kills;
        }
    CHECK(all_kills > 100);
}

TEST_CASE("taking over: only whom the claim names, and his key is gone afterwards") {
    for (const ReservationType type : {of_one, of_all})
        for (const auto preempting : {Claim::Preempting::with_abort, Claim::Preempting::without_abort}) {
            Stage stage;
            REQUIRE(stage.take("node2", {.type = type}) == "");
            CHECK(stage.take("node1", {.type = type, .preempt = {key_of("node3")}}) != "");
            CHECK(stage.holds_all("node2"));
            CHECK(stage.take("node1", {.type = type, .preempting = preempting, .preempt = {key_of("node2")}}) == "");
            CHECK(stage.holds_all("node1"));
            CHECK(stage.holds_nothing("node2"));
            CHECK_FALSE(stage.writes("node2"));
            // The one that was fenced takes nothing back by itself, nor heals.
            CHECK(stage.take("node2", {.type = type}) != "");
            CHECK(stage.run("node2", [](Reserver& reserver) { reserver.heal(); }).find("0x5e2a00000001 is registered") !=
                  std::string::npos);
            CHECK(stage.holds_all("node1"));
        }
}

TEST_CASE("two nodes that both force: never two that hold all, and the disks are left to one or to nobody") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Stage stage(seed);
        REQUIRE(stage.take("node3") == "");
        const Claim claim{.preempt = {key_of("node3")}};
        const auto take = [](Reserver& reserver) { reserver.take(); };
        const auto first = stage.begin("node1", take, claim);
        const auto second = stage.begin("node2", take, claim);
        stage.finish(*first);
        stage.finish(*second);
        CAPTURE(seed);
        REQUIRE_FALSE((first->error.empty() && second->error.empty()));
        if (first->error.empty()) REQUIRE(stage.holds_all("node1"));
        if (second->error.empty()) REQUIRE(stage.holds_all("node2"));
        REQUIRE(stage.holds_nothing(first->error.empty() ? "node2" : "node1"));
    }
}

TEST_CASE("an array without preempt and abort says which keyword helps") {
    Stage stage;
    for (std::size_t i = 0; i < ids.size(); ++i) stage.disk(i).features.abort = false;
    REQUIRE(stage.take("node2") == "");
    CHECK(stage.take("node1", {.preempt = {key_of("node2")}}).find("no_preempt_abort = true") != std::string::npos);
    CHECK(stage.holds_all("node2"));
    CHECK(stage.take("node1", {.preempting = Claim::Preempting::without_abort, .preempt = {key_of("node2")}}) == "");
}

TEST_CASE("a path that is lost is done without, and registered once it is back (faults.md C.5, 27)") {
    Stage stage;
    stage.node("node1").disk_ways.at("/dev/sdb").works = false;
    CHECK(stage.take("node1") == "");
    CHECK(stage.notes.at(0).find("1 of 2 paths work") != std::string::npos);
    CHECK(stage.registered(0, "node1") == 2);  // all target ports were asked for
    for (std::size_t i = 0; i < ids.size(); ++i) stage.disk(i).features.all_target_ports = false;
    REQUIRE(stage.give_up("node1") == "");
    CHECK(stage.take("node1") == "");
    CHECK(stage.registered(0, "node1") == 1);
    stage.node("node1").disk_ways.at("/dev/sdb").works = true;
    CHECK(stage.run("node1", [](Reserver& reserver) { reserver.heal(); }) == "");
    CHECK(stage.registered(0, "node1") == 2);
    CHECK(stage.holds_all("node1"));

    // The path that holds the reservation is gone: another one of this node's ends it.
    stage.node("node1").disk_ways.at("/dev/sda").works = false;
    CHECK(stage.give_up("node1") == "");
    CHECK_FALSE(stage.disk(0).held());
    CHECK(stage.registered(0, "node1") == 0);
}

TEST_CASE("a disk without any path, or that is gone, is no disk to be taken") {
    Stage stage;
    for (const auto* path : {"/dev/sdc", "/dev/sdd"}) stage.node("node1").disk_ways.at(path).works = false;
    CHECK(stage.take("node1").find("disk 6001405000000002 (sdc sdd): the path does not work") != std::string::npos);
    CHECK(stage.holds_nothing("node1"));
    Stage removed;
    removed.world.disks().at(ids[2]).present = false;
    CHECK(removed.take("node1").find("there is no such logical unit") != std::string::npos);
    CHECK(removed.holds_nothing("node1"));
    Stage garbage;
    garbage.world.disks().at(ids[1]).talks_nonsense = true;
    CHECK(garbage.take("node1").find("cut off") != std::string::npos);
    CHECK(garbage.holds_nothing("node1"));
    Stage slow;
    slow.world.disks().at(ids[1]).takes = 1h;
    CHECK(slow.take("node1").find("no answer in time") != std::string::npos);
    CHECK(slow.holds_nothing("node1"));
    Stage old;
    old.disk(0).reserved_the_old_way = Nexus{"node2", 1};
    CHECK(old.take("node1").find("RESERVE(6)") != std::string::npos);
    Stage plain;
    plain.disk(0).features.reservations = false;
    CHECK(plain.take("node1").find("it knows no persistent reservations") != std::string::npos);
}

TEST_CASE("a target that lost its power keeps what asked for it; what it forgot is taken again (faults.md C.5, 28)") {
    Stage stage;
    REQUIRE(stage.take("node1") == "");
    stage.disk(0).power_cycle();
    CHECK(stage.holds_all("node1"));
    stage.disk(1).features.survives_power_loss = false;
    REQUIRE(stage.give_up("node1") == "");
    REQUIRE(stage.take("node1") == "");
    stage.disk(1).power_cycle();
    CHECK_FALSE(stage.holds_all("node1"));
    CHECK(stage.run("node1", [](Reserver& reserver) { reserver.heal(); }) == "");
    CHECK(stage.holds_all("node1"));
    // Somebody was quicker: nothing is taken from him.
    stage.disk(1).power_cycle();
    stage.disk(1).execute({"node2", 1}, test_unit_ready());
    stage.disk(1).execute({"node2", 1},
                          change_command({.action = ReservationChange::Action::register_and_ignore, .service_key = key_of("node2")}));
    CHECK(stage.run("node1", [](Reserver& reserver) { reserver.heal(); }) != "");
    CHECK(stage.registered(1, "node2") == 1);
    CHECK(stage.registered(1, "node1") == 0);
}

TEST_CASE("registrations of an earlier identity are removed while every path keeps its right to write") {
    for (const bool stale_holds : {true, false}) {
        Stage stage;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            stage.disk(i).features.all_target_ports = false;
            const auto as_before = [&](const Nexus& nexus, ReservationChange::Action action) {
                stage.disk(i).execute(nexus, change_command({.action = action, .key = key_of("node1"), .service_key = key_of("node1")}));
            };
            as_before({"node1-of-yesterday", 1}, ReservationChange::Action::register_and_ignore);
            if (stale_holds) as_before({"node1-of-yesterday", 1}, ReservationChange::Action::reserve);
            for (const std::uint16_t port : {1, 2}) as_before({"node1", port}, ReservationChange::Action::register_and_ignore);
            if (!stale_holds) as_before({"node1", 1}, ReservationChange::Action::reserve);
        }
        bool always = true;
        stage.world.on_effect = [&](const std::string&) { always = always && stage.writes("node1") && !stage.writes("node2"); };
        CHECK(stage.run("node1", [](Reserver& reserver) { reserver.repair(); }) == "");
        CHECK(always);
        CHECK(stage.holds_all("node1"));
        CHECK(stage.disk(0).registrations().size() == 2);
        // Giving up removes them as well.
        CHECK(stage.give_up("node1") == "");
        CHECK(stage.disk(0).registrations().empty());
    }
}

TEST_CASE("a hand-over has no moment in which a third node could write, and both ends could where they must") {
    for (const ReservationType type : {of_one, of_all})
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            Stage stage(seed);
            REQUIRE(stage.take("node1") == "");
            bool third = false;
            bool one_of_them = true;
            stage.world.on_effect = [&](const std::string&) {
                third = third || stage.writes("node3");
                for (std::size_t i = 0; i < ids.size(); ++i)
                    one_of_them = one_of_them && (stage.holds(i, "node1") || stage.holds(i, "node2"));
            };
            CHECK(stage.run("node2", [](Reserver& reserver) { reserver.adopt({key_of("node1")}); }, {.type = type}) != "");
            REQUIRE(stage.run("node2",
                              [](Reserver& reserver) { reserver.join([](ReservationKey key) { return key == key_of("node1"); }); }) == "");
            CHECK(stage.writes("node1"));
            CHECK(stage.writes("node2"));
            const auto rival = stage.begin("node3", [](Reserver& reserver) { reserver.take(); });
            REQUIRE(stage.run("node2", [](Reserver& reserver) { reserver.adopt({key_of("node1")}); }, {.type = type}) == "");
            stage.finish(*rival);
            CHECK(stage.writes("node2"));
            CHECK_FALSE(stage.writes("node1"));
            REQUIRE(stage.give_up("node1") == "");
            CHECK(stage.holds_all("node2"));
            CHECK_FALSE(third);
            CHECK(one_of_them);
            CHECK(rival->error != "");
        }
}

TEST_CASE("16 disks with 4 paths take less than 1.2 times as long as the slowest of them alone") {
    const auto elapsed = [](std::size_t count, bool giving_up) {
        SimWorld world(0);
        sim::Node& node = world.add_node("node1");
        std::vector<Path> devices;
        for (std::size_t i = 0; i < count; ++i) {
            DiskModel& disk = world.disks()[fmt::format("60014050000000{:02}", i)];
            disk.id = fmt::format("60014050000000{:02}", i);
            disk.takes = 5ms;
            disk.reservations.features.ports = 4;
            for (std::uint16_t port = 1; port <= 4; ++port) {
                const std::string name = fmt::format("sd{}{}", static_cast<char>('a' + i), port);
                connect_disk(node, disk, name, port);
                devices.push_back("/dev/" + name);
            }
        }
        Process process(world, node);
        Duration took{};
        process.run([&] {
            World in = process.world();
            Doing doing{in, Deadline::in(in.clock, 1min), [](LogLine::Level, const std::string&) {}, [] {}};
            Reserver reserver(doing, {.key = key_of("node1")}, shared_disks(in.files, "node1", devices).disks);
            Moment begin = in.clock.now();
            reserver.take();
            if (giving_up) {
                begin = in.clock.now();
                reserver.give_up();
            }
            took = in.clock.now() - begin;
            return 0;
        });
        world.scheduler().wait([&] { return process.ended(); }, Scheduler::never, "the run");
        return seconds(took);
    };
    for (const bool giving_up : {false, true}) {
        MESSAGE((giving_up ? "given up" : "taken")
                << ": one disk " << elapsed(1, giving_up) << " s, 16 disks " << elapsed(16, giving_up) << " s");
        CHECK(elapsed(16, giving_up) < 1.2 * elapsed(1, giving_up));
    }
}
