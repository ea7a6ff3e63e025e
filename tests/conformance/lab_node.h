#pragma once

#include <optional>

#include "drivers/files/real_files.h"
#include "drivers/hypervisor/table.h"
#include "drivers/network/real_network.h"
#include "drivers/process/real_processes.h"
#include "drivers/real_clock.h"
#include "drivers/real_host.h"
#include "drivers/real_signals.h"
#include "drivers/real_tasks.h"
#include "drivers/ssh/lazy_ssh.h"
#include "tests/conformance/stand.h"
#include "tests/scsi/no_reservations.h"

namespace svcmgr::conformance {

/// A node of tests/lab, in which this process runs: its world, the driver of one technology, and the script that does to the node what
/// drivers can't do.
class LabNode {
public:
    /// `script` is a file of this folder. Throws Skipped outside of a lab.
    LabNode(const Path& module_directory, std::string technology, Keywords node_keywords, std::string script);

    World world() { return {clock_, signals_, tasks_, host_, files_, processes_, network_, ssh_, *hypervisors_, reservations_}; }
    Hypervisor& driver() { return hypervisors_->get(technology_); }
    /// The next `driver` is a new one.
    void new_driver();

    /// Runs the script; returns what it printed, without the newline. Throws Error.
    std::string run(const Argv& words);

private:
    /// What the lab exports and the script needs, as arguments of env(1): programs are started with a clean environment.
    Argv environment() const;

    Path module_directory_;
    std::string technology_;
    Keywords node_keywords_;
    std::string script_;
    RealSignals signals_;
    RealClock clock_{signals_};
    RealTasks tasks_{signals_};
    RealHost host_;
    RealFiles files_{signals_};
    RealProcesses processes_{signals_, host_, files_};
    RealNetwork network_{signals_};
    LazySsh ssh_;
    std::optional<ModuleHypervisors> hypervisors_;
    test::NoReservations reservations_;
};

}  // namespace svcmgr::conformance
