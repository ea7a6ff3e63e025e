#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "drivers/files/real_files.h"
#include "drivers/hypervisor/table.h"
#include "drivers/network/real_network.h"
#include "drivers/process/real_processes.h"
#include "drivers/real_clock.h"
#include "drivers/real_host.h"
#include "drivers/real_signals.h"
#include "drivers/real_tasks.h"
#include "drivers/scsi/lazy_transport.h"
#include "drivers/scsi/scsi_reservations.h"
#include "drivers/ssh/lazy_ssh.h"
#include "drivers/world.h"

namespace svcmgr {

/// The production World: this machine. One object, made first and destroyed last, by main: from its construction on, signals are
/// remembered instead of ending the process. It starts no thread and loads no module until somebody needs one.
class RealWorld {
public:
    /// A technology's section of node.conf.
    using NodeOptions = std::function<Options(std::string_view type)>;

    /// `module_directory` is where `svcmgr-kvm.so` and its like are. Hypervisors have the defaults of their keywords until `configure`,
    /// ssh those of SshSettings.
    explicit RealWorld(const Path& module_directory);
    RealWorld(const RealWorld&) = delete;
    RealWorld& operator=(const RealWorld&) = delete;

    /// What node.conf says, which is read through `world()` itself. Before the first use of ssh and of hypervisors; Worlds that were handed
    /// out before stay good.
    void configure(SshSettings ssh, NodeOptions node_options);

    /// Valid as long as this object.
    World world();

private:
    RealSignals signals_;
    RealClock clock_{signals_};
    RealTasks tasks_{signals_};
    RealHost host_;
    RealFiles files_{signals_};
    RealProcesses processes_{signals_, host_, files_};
    Path module_directory_;
    RealNetwork network_{signals_, system_lookup, module_directory_};
    LazyScsiTransport scsi_{module_directory_, clock_};
    ScsiReservations reservations_{scsi_, clock_};
    // Filled from the constructor on; optional so that `configure` can put others into the same place.
    std::optional<LazySsh> ssh_;
    std::optional<ModuleHypervisors> hypervisors_;
};

}  // namespace svcmgr
