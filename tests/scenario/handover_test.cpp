// A guest moves while it runs: DiskHandover on the node that it leaves, the real `svcmgr peer` on the node that it goes to, and a third one
// that never stops trying.

#include "svcmgr/cluster/handover.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "drivers/error.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/terminal.h"
#include "tests/scenario/sim_process.h"

using namespace svcmgr;
using namespace svcmgr::sim;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string> ids = {"6001405000000001", "6001405000000002"};

struct Stage {
    explicit Stage(std::uint64_t seed = 0) : world(seed) {
        GuestModel& guest = world.add_guest("vm188");
        for (std::size_t i = 0; i < ids.size(); ++i) {
            world.disks()[ids[i]].id = ids[i];
            world.disks()[ids[i]].reservations.features.ports = 2;
            GuestDisk disk;
            disk.kind = GuestDisk::Kind::block;
            disk.target = fmt::format("vd{}", static_cast<char>('a' + i));
            disk.source = fmt::format("/dev/sd{}", static_cast<char>('a' + 2 * i));
            guest.disks.push_back(disk);
        }
        for (const auto* name : {"node1", "node2", "node3"}) {
            sim::Node& node = world.add_node(name);
            node.hypervisor("kvm").guests()["vm188"];
            node.files().put("/etc/svcmgr/svc1.env",
                             "[DEFAULT]\nnodes = node1 node2 node3\nenv = TST\n[container#1]\ntype = kvm\nname = vm188\n"
                             "[vmdg]\nscsireserv = true\n");
            char letter = 'a';
            for (auto& [id, disk] : world.disks())
                for (const std::uint16_t port : {1, 2}) connect_disk(node, disk, fmt::format("sd{}", letter++), port);
        }
        world.svcmgr = [this](Process& process, const std::vector<std::string>& words, const std::string&, std::ostream& out,
                              std::ostream& err) {
            Terminal terminal{out, err};
            return run_command(process.world(), paths, terminal, words);
        };
        world.on_effect = [this](const std::string&) { watch(); };
    }

    /// A third node may never write, and no disk may be held by nobody.
    void watch() {
        for (const std::string& id : ids) {
            const PrDisk& disk = world.disks().at(id).reservations;
            if (watching && (!disk.held() || disk.held()->holder.initiator == "node3")) given_away = true;
            if (watching && disk.may_write({"node3", 1})) third_may_write = true;
        }
    }

    bool holds(const std::string& node) {
        return std::ranges::all_of(ids, [&](const std::string& id) {
            const auto& held = world.disks().at(id).reservations.held();
            return held && held->holder.initiator == node;
        });
    }

    int svcmgr(const std::string& node, const std::vector<std::string>& words) {
        SimWorld::RemoteRun& run = world.run_on(*world.find_node(node), words, "");
        world.scheduler().wait([&] { return run.process->ended(); }, Scheduler::never, "svcmgr");
        said = run.out.str() + run.err.str();
        return run.process->exit_code();
    }

    using Work = std::function<void(DiskHandover&, Doing&)>;
    std::unique_ptr<Process> begin(const Work& work) {
        auto process = std::make_unique<Process>(world, *world.find_node("node1"));
        process->run([this, raw = process.get(), work] {
            World in = raw->world();
            const svcmgr::Node node = svcmgr::Node::load(in.files, in.host, paths);
            const LoadedService loaded = load_service(in.files, paths, node, "svc1");
            Doing doing{in, Deadline::in(in.clock, 1min), [](LogLine::Level, const std::string&) {}, [] {}};
            DiskHandover disks(node, *loaded.service, "node2");
            try {
                work(disks, doing);
                error.clear();
                return 0;
            } catch (const Error& problem) {
                error = problem.what();
                code = problem.code();
                return 1;
            }
        });
        return process;
    }
    void finish(Process& process) {
        world.scheduler().wait([&] { return process.ended(); }, Scheduler::never, "the mover");
    }
    bool run(const Work& work) {
        const auto process = begin(work);
        finish(*process);
        return process->exit_code() == 0;
    }

    void move() {
        world.find_node("node1")->hypervisor("kvm").set_state("vm188", GuestState::Value::stopped, "shut off (migrated)");
        world.find_node("node2")->hypervisor("kvm").run_since("vm188", world.scheduler().now());
    }

    SimWorld world;
    Paths paths;
    std::string error;
    Error::Code code{};
    std::string said;
    bool watching = false;
    bool given_away = false;
    bool third_may_write = false;
};

const Stage::Work prepare = [](DiskHandover& disks, Doing& doing) { disks.prepare(doing); };
const Stage::Work complete = [](DiskHandover& disks, Doing& doing) { disks.complete(doing); };
const Stage::Work cancel = [](DiskHandover& disks, Doing& doing) { disks.cancel(doing); };

}  // namespace

TEST_CASE("a guest takes its disks along, and a third node that tries at every step gets nothing") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Stage stage(seed);
        REQUIRE(stage.svcmgr("node1", {"-s", "svc1", "start"}) == 0);
        stage.watching = true;
        std::vector<SimWorld::RemoteRun*> rivals;
        const auto rival = [&] { rivals.push_back(&stage.world.run_on(*stage.world.find_node("node3"), {"-s", "svc1", "prstart"}, "")); };
        rival();
        const bool prepared = stage.run(prepare);
        CAPTURE(stage.error);
        REQUIRE(prepared);
        rival();
        stage.move();
        rival();
        REQUIRE(stage.run(complete));
        rival();
        for (const auto* one : rivals) {
            stage.world.scheduler().wait([&] { return one->process->ended(); }, Scheduler::never, "a rival");
            CHECK(one->process->exit_code() != 0);
        }
        REQUIRE(stage.svcmgr("node1", {"-s", "svc1", "stop"}) == 0);
        CHECK(stage.holds("node2"));
        CHECK_FALSE(stage.given_away);
        CHECK_FALSE(stage.third_may_write);
    }
}

TEST_CASE("a guest that did not move keeps its disks, and the other node lets go of them") {
    Stage stage;
    REQUIRE(stage.svcmgr("node1", {"-s", "svc1", "start"}) == 0);
    stage.watching = true;
    REQUIRE(stage.run(prepare));
    CHECK(stage.world.disks().at(ids[0]).reservations.may_write({"node2", 1}));
    REQUIRE(stage.run(cancel));
    CHECK_FALSE(stage.world.disks().at(ids[0]).reservations.may_write({"node2", 1}));
    CHECK(stage.holds("node1"));
    CHECK_FALSE(stage.run(complete));  // nothing has arrived there
    CHECK(stage.holds("node1"));
    CHECK_FALSE(stage.given_away);
}

TEST_CASE("a node that has other disks by the same names is found out before anything moves") {
    Stage stage;
    REQUIRE(stage.svcmgr("node1", {"-s", "svc1", "start"}) == 0);
    DiskModel& other = stage.world.disks()["6001405000000009"];
    other.id = "6001405000000009";
    other.reservations.features.ports = 2;
    sim::Node& node = *stage.world.find_node("node2");
    for (const auto* path : {"/dev/sdc", "/dev/sdd"}) node.disk_ways.at(path).disk = &other;
    CHECK_FALSE(stage.run(prepare));
    CHECK(stage.error != "");
    CHECK_FALSE(stage.world.disks().at(ids[0]).reservations.may_write({"node2", 1}));
    CHECK(stage.holds("node1"));
}

TEST_CASE("a node that does not answer, or refuses, keeps the guest where it is and says so") {
    Stage stage;
    REQUIRE(stage.svcmgr("node1", {"-s", "svc1", "start"}) == 0);
    REQUIRE(stage.svcmgr("node2", {"-s", "svc1", "freeze"}) == 0);
    CHECK_FALSE(stage.run(prepare));
    CHECK(stage.code == Error::Code::refused);
    CHECK(stage.error.find("frozen") != std::string::npos);
    REQUIRE(stage.svcmgr("node2", {"-s", "svc1", "thaw"}) == 0);
    stage.world.network.cut.insert({"node1", "node2"});
    CHECK_FALSE(stage.run(prepare));
    CHECK(stage.code == Error::Code::unreachable);
    CHECK(stage.holds("node1"));
}

TEST_CASE("killed at every call, on the one node or the other: the same calls from a new process end it") {
    int kills = 0;
    for (const bool taking : {false, true})
        for (int place = 0;; ++place) {
            Stage stage;
            REQUIRE(stage.svcmgr("node1", {"-s", "svc1", "start"}) == 0);
            stage.watching = true;
            if (taking) {
                REQUIRE(stage.run(prepare));
                stage.move();
            }
            const auto mover = stage.begin(taking ? complete : prepare);
            bool killed = false;
            mover->on_place = [&, raw = mover.get()](int now) {
                if (now <= place || killed) return;
                killed = true;
                raw->kill();
            };
            stage.finish(*mover);
            kills += killed ? 1 : 0;
            CAPTURE(place);
            CAPTURE(taking);
            REQUIRE(stage.svcmgr("node3", {"-s", "svc1", "prstart"}) != 0);
            if (!taking) {
                REQUIRE(stage.run(prepare));
                stage.move();
            }
            const bool completed = stage.run(complete);
            CAPTURE(stage.error);
            REQUIRE(completed);
            REQUIRE(stage.holds("node2"));
            REQUIRE_FALSE(stage.given_away);
            REQUIRE_FALSE(stage.third_may_write);
            if (!killed) break;
        }
    CHECK(kills > 1);
}

TEST_CASE("what a node says of its part is read strictly") {
    HandoverAnswer answer{"node2", {ReservationKey(0x5e2a)}, "it is \"frozen\""};
    const auto read = parse_handover_answer(to_json(answer));
    REQUIRE(read);
    CHECK(read->node == "node2");
    CHECK(read->keys == answer.keys);
    CHECK(read->problem == answer.problem);
    for (const auto* text : {"", "{", "[]", "{}", R"({"schema":"svcmgr.peer/1","node":"n","keys":[],"problem":""})",
                             R"({"schema":"svcmgr.peer.reservations/1","node":"n","keys":["0"],"problem":""})",
                             R"({"schema":"svcmgr.peer.reservations/1","node":"n","keys":[5],"problem":""})",
                             R"({"schema":"svcmgr.peer.reservations/1","node":"n","keys":"0x1","problem":""})",
                             R"({"schema":"svcmgr.peer.reservations/1","node":7,"keys":[],"problem":""})"})
        CHECK_FALSE(parse_handover_answer(text));
}
