// 16 disks with 4 paths each on the simulated disk, whose every command takes 5 ms of real time. Usage: bench-reservations [RUNS]

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <thread>

#include "drivers/module.h"
#include "drivers/numbers.h"
#include "drivers/real_world.h"
#include "drivers/scsi/scsi_reservations.h"
#include "tests/scsi/pr_disk.h"
#include "tests/scsi/speed.h"

using namespace svcmgr;

namespace {

constexpr int disks = 16;
constexpr std::uint16_t paths = 4;

/// A disk serves its commands side by side, as arrays do.
class SlowDisks : public ScsiTransport {
public:
    ScsiReply send(const Path& device, const ScsiCommand& command, Deadline) override {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        const std::lock_guard lock(mutex_);
        const std::size_t slash = device.find('/');
        sim::PrDisk& disk = disks_[device.substr(0, slash)];
        disk.features.ports = paths;
        return disk.execute({"node1", *parse_number<std::uint16_t>(device.substr(slash + 1))}, command);
    }

private:
    std::mutex mutex_;
    std::map<std::string, sim::PrDisk> disks_;
};

}  // namespace

int main(int argc, char** argv) {
    RealWorld machine{module_directory({})};
    SlowDisks transport;
    const World real = machine.world();
    ScsiReservations reservations(transport, real.clock);
    const World world{real.clock,     real.signals, real.tasks, real.host,        real.files,
                      real.processes, real.network, real.ssh,   real.hypervisors, reservations};
    std::vector<SharedDisk> all;
    for (int disk = 1; disk <= disks; ++disk) {
        all.push_back({fmt::format("disk{:02}", disk), "", {}, {}});
        for (std::uint16_t path = 1; path <= paths; ++path) {
            const Path device = fmt::format("disk{:02}/{}", disk, path);
            all.back().paths.push_back({device, device, ""});
        }
    }
    const int runs = argc > 1 ? parse_number<int>(argv[1]).value_or(10) : 10;
    return test::print_speed(world, all, "simulated", runs) ? 0 : 1;
}
