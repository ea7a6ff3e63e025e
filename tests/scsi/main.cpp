// What runs against a real target: reservations-on-target cases|races|speed URL; see tests/scsi/run.

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <string_view>

#include "drivers/module.h"
#include "drivers/numbers.h"
#include "drivers/real_world.h"
#include "drivers/scsi/scsi_reservations.h"
#include "resources/reservation/reserver.h"
#include "tests/scsi/iscsi_transport.h"
#include "tests/scsi/pr_cases.h"

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
        disks.push_back({fmt::format("disk{:02}", disk), "", {}});
        for (int path = 0; path < paths; ++path) {
            const Path device = fmt::format("{}/{}#{}", url, disk, path);
            disks.back().paths.push_back({device, device, ""});
        }
    }
    return disks;
}

/// tests/scsi/tgt-differs has the cases that tgt answers otherwise, with the reason.
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

int run_speed(const std::string& url) {
    NodeOnTarget node("node1", 1);
    const auto milliseconds = [&](int count, bool giving_up) {
        const auto disks = disks_on(url, count, 4);
        node.run(disks, [](Reserver& reserver) { reserver.take(); });
        if (!giving_up) node.run(disks, [](Reserver& reserver) { reserver.give_up(); });
        const Moment begin = machine().world().clock.now();
        const std::string error = node.run(disks, [&](Reserver& reserver) { giving_up ? reserver.give_up() : reserver.take(); });
        const Duration took = machine().world().clock.now() - begin;
        if (!giving_up) node.run(disks, [](Reserver& reserver) { reserver.give_up(); });
        if (!error.empty()) fmt::print("{}\n", error);
        return 1000 * seconds(took);
    };
    for (const bool giving_up : {false, true})
        fmt::print("{}: 1 disk with 4 paths {:.1f} ms, 16 disks {:.1f} ms\n", giving_up ? "given up" : "taken", milliseconds(1, giving_up),
                   milliseconds(16, giving_up));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    int code = 2;
    if (words.size() >= 2 && words[0] == "cases") code = run_cases(words[1], {words.begin() + 2, words.end()});
    if (words.size() == 3 && words[0] == "races") code = run_races(words[1], parse_number<int>(words[2]).value_or(0));
    if (words.size() == 2 && words[0] == "speed") code = run_speed(words[1]);
    std::cout.flush();
    std::fflush(nullptr);
    return code;
}
