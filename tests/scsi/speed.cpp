#include "tests/scsi/speed.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "resources/reservation/reserver.h"

namespace svcmgr::test {

namespace {

constexpr ReservationKey key(0x5e2a00000001);
using Action = ReservationChange::Action;

class Bench {
public:
    Bench(World world, int runs) : world_(world), runs_(runs) {}

    bool reserver(const std::vector<SharedDisk>& disks, void (Reserver::*work)()) {
        Doing doing{world_, Deadline::in(world_.clock, std::chrono::minutes(1)), [](LogLine::Level, const std::string&) {}, [] {}};
        try {
            (Reserver(doing, {.key = key}, disks).*work)();
            return true;
        } catch (const Error& error) {
            fmt::print("{}\n", error.what());
            return false;
        }
    }

    /// Whether the path works and who holds the disk, then what is to be changed, as OpenSVC's scripts do it.
    bool loop_taking(const std::vector<SharedDisk>& disks) {
        bool well = true;
        for (const SharedDisk& disk : disks) {
            for (const DiskPath& path : disk.paths) {
                well = world_.reservations.reservation(path.device, soon()).result.done() && well;
                well = change(path, {.action = Action::register_and_ignore, .service_key = key}) && well;
            }
            well = world_.reservations.reservation(disk.paths[0].device, soon()).result.done() && well;
            well = change(disk.paths[0], {.action = Action::reserve, .key = key}) && well;
        }
        return well;
    }
    bool loop_giving_up(const std::vector<SharedDisk>& disks) {
        bool well = true;
        for (const SharedDisk& disk : disks) {
            well = world_.reservations.reservation(disk.paths[0].device, soon()).result.done() && well;
            well = change(disk.paths[0], {.action = Action::release, .key = key}) && well;
            for (const DiskPath& path : disk.paths) well = change(path, {.action = Action::register_and_ignore}) && well;
        }
        return well;
    }

    /// Of `taking` and of `giving_up`, which undoes it.
    std::pair<double, double> medians(const std::function<bool()>& taking, const std::function<bool()>& giving_up) {
        std::vector<double> first;
        std::vector<double> second;
        for (int run = 0; run < runs_; ++run) {
            first.push_back(milliseconds(taking));
            second.push_back(milliseconds(giving_up));
        }
        return {median(first), median(second)};
    }

    bool failed() const { return failed_; }

private:
    Deadline soon() const { return Deadline::in(world_.clock, std::chrono::seconds(10)); }
    bool change(const DiskPath& path, const ReservationChange& change) {
        return world_.reservations.change(path.device, change, soon()).done();
    }
    double milliseconds(const std::function<bool()>& work) {
        const Moment begin = world_.clock.now();
        failed_ = !work() || failed_;
        return 1000 * seconds(world_.clock.now() - begin);
    }
    static double median(std::vector<double> times) {
        std::ranges::sort(times);
        return times[times.size() / 2];
    }

    World world_;
    int runs_;
    bool failed_ = false;
};

}  // namespace

bool print_speed(World world, const std::vector<SharedDisk>& disks, const std::string& name, int runs) {
    Bench bench(world, runs);
    const auto reserver = [&](const std::vector<SharedDisk>& which) {
        return bench.medians([&, which] { return bench.reserver(which, &Reserver::take); },
                             [&, which] { return bench.reserver(which, &Reserver::give_up); });
    };
    std::pair<double, double> alone;
    for (const SharedDisk& disk : disks) {
        const auto one = reserver({disk});
        alone = {std::max(alone.first, one.first), std::max(alone.second, one.second)};
    }
    const auto together = reserver(disks);
    const auto loop = bench.medians([&] { return bench.loop_taking(disks); }, [&] { return bench.loop_giving_up(disks); });
    fmt::print("{0}-taken-alone {1:.2f}\n{0}-taken-together {2:.2f}\n{0}-taken-loop {3:.2f}\n", name, alone.first, together.first,
               loop.first);
    fmt::print("{0}-given-up-alone {1:.2f}\n{0}-given-up-together {2:.2f}\n{0}-given-up-loop {3:.2f}\n", name, alone.second,
               together.second, loop.second);
    return !bench.failed();
}

}  // namespace svcmgr::test
