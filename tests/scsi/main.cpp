// What runs against a real target: reservations-on-target cases URL [KNOWN…] | races URL N | handover URL N | speed URL RUNS. KNOWN are the
// names of cases that the target is known to answer otherwise.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <string_view>

#include "drivers/module.h"
#include "drivers/numbers.h"
#include "drivers/real_world.h"
#include "drivers/scsi/scsi_reservations.h"
#include "resources/reservation/reserver.h"
#include "tests/scsi/iscsi_transport.h"
#include "tests/scsi/pr_cases.h"
#include "tests/scsi/speed.h"

using namespace svcmgr;

namespace {

RealWorld& machine() {
    static RealWorld world{module_directory({})};
    return world;
}

/// A node that sees the target's disks by sessions of its own.
struct NodeOnTarget {
    explicit NodeOnTarget(const std::string& name, std::uint64_t number)
        : transport("iqn.2026-01.lab:" + name), key(0x5e2a00000000 + number) {}

    World world() {
        const World real = machine().world();
        return {real.clock,     real.signals, real.tasks, real.host,        real.files,
                real.processes, real.network, real.ssh,   real.hypervisors, reservations};
    }
    /// What went wrong; empty when nothing did.
    std::string run(const std::vector<SharedDisk>& disks, const std::function<void(Reserver&)>& work, Claim claim = {}) {
        World here = world();
        Doing doing{here, Deadline::in(here.clock, std::chrono::minutes(1)), [](LogLine::Level, const std::string&) {}, [] {}};
        claim.key = key;
        try {
            Reserver reserver(doing, claim, disks);
            work(reserver);
            return {};
        } catch (const Error& error) {
            return error.what();
        }
    }

    test::IscsiTransport transport;
    ScsiReservations reservations{transport, machine().world().clock};
    ReservationKey key;
};

std::vector<SharedDisk> disks_on(const std::string& url, int count, int paths) {
    std::vector<SharedDisk> disks;
    for (int disk = 1; disk <= count; ++disk) {
        disks.push_back({fmt::format("disk{:02}", disk), "", {}, {}});
        for (int path = 0; path < paths; ++path) {
            const Path device = fmt::format("{}/{}#{}", url, disk, path);
            disks.back().paths.push_back({device, device, ""});
        }
    }
    return disks;
}

/// `known`: the cases that the target answers otherwise.
int run_cases(const std::string& url, const std::vector<std::string>& known) {
    test::IscsiTransport one("iqn.2026-01.lab:one");
    test::IscsiTransport two("iqn.2026-01.lab:two");
    const World world = machine().world();
    const auto by = [&](test::IscsiTransport& transport) {
        return [&](const ScsiCommand& command) {
            return transport.send(url + "/1#0", command, Deadline::in(world.clock, std::chrono::seconds(10)));
        };
    };
    int passed = 0, failed = 0;
    for (const sim::PrCase& one_case : sim::pr_cases()) {
        const std::string wrong = one_case.run({by(one), by(two)});
        const bool differs = std::ranges::find(known, one_case.name) != known.end();
        const bool right = wrong.empty() != differs;
        (right ? passed : failed) += 1;
        fmt::print("{} {}{}\n", right ? "ok" : "FAILED", one_case.name, wrong.empty() ? "" : ": tgt differs: " + wrong);
    }
    fmt::print("{} passed, {} failed, 0 skipped\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

int run_races(const std::string& url, int count) {
    NodeOnTarget one("node1", 1);
    NodeOnTarget two("node2", 2);
    const auto disks = disks_on(url, 3, 2);
    const auto take = [](Reserver& reserver) { reserver.take(); };
    const auto give_up = [](Reserver& reserver) { reserver.give_up(); };
    int won = 0;
    for (int race = 0; race < count; ++race) {
        std::string errors[2];
        NodeOnTarget* nodes[] = {&one, &two};
        {
            const auto group = machine().world().tasks.group();
            for (const int i : {race % 2, 1 - race % 2}) group->spawn([&, i] { errors[i] = nodes[i]->run(disks, take); });
        }
        if (errors[0].empty() == errors[1].empty()) {
            fmt::print("race {}: '{}' and '{}'\n", race, errors[0], errors[1]);
            return 1;
        }
        NodeOnTarget& winner = errors[0].empty() ? one : two;
        NodeOnTarget& loser = errors[0].empty() ? two : one;
        won += errors[0].empty() ? 1 : 0;
        World here = winner.world();
        for (const DiskState& state : look_at_disks(here, disks, Deadline::in(here.clock, std::chrono::seconds(10))))
            if (state.held.holder != winner.key || state.count(winner.key) != 2 || state.count(loser.key) != 0) {
                fmt::print("race {}: a disk is not the winner's\n", race);
                return 1;
            }
        if (const std::string error = winner.run(disks, give_up); !error.empty()) {
            fmt::print("race {}: {}\n", race, error);
            return 1;
        }
    }
    fmt::print("{} races for 3 disks with 2 paths: one winner each, node1 {} times, node2 {} times\n", count, won, count - won);
    return 0;
}

/// The guest moves from node1 to node2 while node3 tries to write all the time.
int run_handover(const std::string& url, int count) {
    NodeOnTarget one("node1", 1);
    NodeOnTarget two("node2", 2);
    NodeOnTarget three("node3", 3);
    const auto disks = disks_on(url, 3, 2);
    const World world = machine().world();
    const auto writes = [&](NodeOnTarget& node) {
        ScsiCommand write{.cdb = ScsiBytes(10), .out = ScsiBytes(512)};
        write.cdb[0] = 0x2a;
        write.cdb[8] = 1;
        for (int attention = 0; attention < 10; ++attention) {
            const ScsiReply reply =
                node.transport.send(disks[1].paths[0].device, write, Deadline::in(world.clock, std::chrono::seconds(10)));
            if (reply.value == ScsiReply::Value::completed && reply.status != scsi_check_condition) return reply.status == scsi_good;
        }
        return false;
    };
    const Claim claim{.preempting = Claim::Preempting::without_abort};
    long tries = 0;
    for (int move = 0; move < count; ++move) {
        NodeOnTarget& from = move % 2 == 0 ? one : two;
        NodeOnTarget& to = move % 2 == 0 ? two : one;
        std::vector<std::string> wrong;
        const auto expect = [&](bool right, const std::string& what) {
            if (!right) wrong.push_back(what);
        };
        if (move == 0)
            expect(from.run(
                           disks, [](Reserver& reserver) { reserver.take(); }, claim)
                       .empty(),
                   "the first node gets no disks");
        std::atomic<bool> over = false;
        std::atomic<bool> third_wrote = false;
        const auto rival = world.tasks.group();
        rival->spawn([&] {
            for (; !over; ++tries)
                if (writes(three)) third_wrote = true;
        });
        expect(to.run(
                     disks, [&](Reserver& reserver) { reserver.join([&](ReservationKey key) { return key == from.key; }); }, claim)
                   .empty(),
               "the new node can't register");
        expect(writes(from) && writes(to), "both must write while the guest is on its way");
        expect(to.run(
                     disks, [&](Reserver& reserver) { reserver.adopt({from.key}); }, claim)
                   .empty(),
               "the new node can't take over");
        expect(writes(to) && !writes(from), "only the new node may write");
        expect(from.run(
                       disks, [](Reserver& reserver) { reserver.give_up(); }, claim)
                   .empty(),
               "the old node can't unregister");
        expect(writes(to), "the new node must go on writing");
        over = true;
        rival->wait_any(Deadline::in(world.clock, std::chrono::seconds(30)));
        expect(!third_wrote, "a third node has written");
        for (const std::string& what : wrong) fmt::print("move {}: {}\n", move, what);
        if (!wrong.empty()) return 1;
    }
    NodeOnTarget& last = count % 2 == 0 ? one : two;
    last.run(
        disks, [](Reserver& reserver) { reserver.give_up(); }, claim);
    fmt::print("{} moves, {} writes of a third node refused\n", count, tries);
    return 0;
}

int run_speed(const std::string& url, int runs) {
    NodeOnTarget node("node1", 1);
    return test::print_speed(node.world(), disks_on(url, 16, 4), "tgt", runs) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    int code = 2;
    if (words.size() >= 2 && words[0] == "cases") code = run_cases(words[1], {words.begin() + 2, words.end()});
    if (words.size() == 3 && words[0] == "races") code = run_races(words[1], parse_number<int>(words[2]).value_or(0));
    if (words.size() == 3 && words[0] == "handover") code = run_handover(words[1], parse_number<int>(words[2]).value_or(0));
    if (words.size() == 3 && words[0] == "speed") code = run_speed(words[1], parse_number<int>(words[2]).value_or(1));
    std::cout.flush();
    std::fflush(nullptr);
    return code;
}
