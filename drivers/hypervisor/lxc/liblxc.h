#pragma once

#include <memory>
#include <set>
#include <string>

#include "drivers/files/files.h"

namespace svcmgr::lxc {

/// LXC knows a container by these two: one name may be in use in several directories at once.
struct ContainerId {
    Path lxcpath;
    std::string name;

    auto operator<=>(const ContainerId&) const = default;
};

/// What a container's monitor says of it.
struct MonitorWord {
    std::string state;  ///< LXC's word: "RUNNING", "FROZEN" …; "STOPPED" for one without a monitor
    int init = 0;       ///< its first process, in our numbers; 0 when it has none
};

/// What svcmgr asks of liblxc. Everything but the first two asks a container's monitor process, and blocks as long as that one hangs
/// (drivers/hypervisor/bounded.h). Calls may come from several threads at once. They throw Error.
///
/// What makes liblxc fork is not here: a container's monitor, which lives as long as the container does, would be a copy of this process
/// with the locks of its threads, its signal mask and its memory. lxc-start and lxc-attach do that (share/doc/decisions.md).
class Library {
public:
    virtual ~Library() = default;

    /// Where LXC keeps its containers unless it is told otherwise: "/var/lib/lxc", or `lxc.lxcpath` of /etc/lxc/lxc.conf.
    virtual Path own_lxcpath() = 0;
    /// The names of the containers in `lxcpath` that have a monitor, from one read of the kernel's table of sockets.
    virtual std::set<std::string> active(const Path& lxcpath) = 0;
    virtual MonitorWord state(const ContainerId& id) = 0;
    /// Sends the signal for shutting down that the configuration names or that its init understands, and does not wait. `config` is the
    /// file that the container was started with.
    virtual void ask_to_stop(const ContainerId& id, const Path& config) = 0;
    /// Tells the monitor to kill the container.
    virtual void stop_now(const ContainerId& id) = 0;
    /// Kills a process if its first argument is this one still; returns whether it did. Asks nobody, and does not block.
    virtual bool kill(int pid, const std::string& first_argument) = 0;
};

/// The real one.
std::shared_ptr<Library> liblxc();

}  // namespace svcmgr::lxc
