#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "drivers/files/real_files.h"
#include "drivers/hypervisor/table.h"
#include "drivers/network/real_network.h"
#include "drivers/process/real_processes.h"
#include "drivers/real_host.h"
#include "drivers/real_tasks.h"
#include "drivers/world.h"
#include "tests/scsi/no_reservations.h"
#include "tests/unit/drivers/support.h"

namespace svcmgr::test {

/// This machine, but with names of our own instead of its resolver's, and a home directory of our own.
class SshWorld {
public:
    SshWorld() = default;

    World world(Ssh& ssh) { return {clock, signals, tasks, host, files, processes, network, ssh, hypervisors, reservations}; }

    RealSignals signals;
    RealClock clock{signals};
    std::map<std::string, std::vector<std::string>> names;  ///< not to be changed while somebody asks
    std::string home = "/nonexistent";

private:
    class Home : public RealHost {
    public:
        explicit Home(const std::string& home) : home_(home) {}
        std::optional<std::string> environment(const std::string& name) const override {
            return name == "HOME" ? home_ : RealHost::environment(name);
        }

    private:
        const std::string& home_;
    };

    class NoHypervisors : public Hypervisors {
    public:
        Hypervisor& get(std::string_view) override { throw std::logic_error("ssh asks no hypervisor"); }
    };

    Resolution look_up(const std::string& name) const {
        auto found = names.find(name);
        return found == names.end() ? Resolution{{}, "no such name"} : Resolution{found->second, ""};
    }

    RealTasks tasks{signals};
    Home host{home};
    RealFiles files{signals};
    RealProcesses processes{signals, host, files};
    RealNetwork network{signals, [this](const std::string& name) { return look_up(name); }};
    NoHypervisors hypervisors;
    NoReservations reservations;
};

}  // namespace svcmgr::test
