#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "drivers/error.h"
#include "drivers/hypervisor/copies.h"
#include "drivers/hypervisor/host_needs.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/lxc/config_file.h"
#include "drivers/hypervisor/lxc/container_processes.h"
#include "drivers/hypervisor/lxc/copy.h"
#include "drivers/hypervisor/lxc/liblxc.h"
#include "drivers/hypervisor/lxc/place.h"
#include "drivers/world.h"

namespace svcmgr::lxc {

/// System containers of LXC (contract.md 5.10). LXC has no daemon: each container has a monitor process of its own, which answers for it
/// and without which it dies.
class LxcHypervisor : public Hypervisor, public CopiesGuests, public TellsNeeds {
public:
    /// `lxcpath` is node.conf's; when it is empty, LXC's own is taken.
    LxcHypervisor(const World& world, Path lxcpath, std::shared_ptr<Library> library);

    Capabilities capabilities(Deadline deadline) override;
    /// Asks the kernel once which containers have a monitor, and then only those; a container without one is `stopped` when it has a
    /// configuration. One whose monitor does not answer is `unknown`.
    std::vector<GuestState> look(std::span<const Guest> guests, Deadline deadline) override;

    void start(const Guest& guest, Deadline deadline) override;
    /// A forced stop whose monitor does not do it kills the monitor, and with it the container.
    void stop(const Guest& guest, StopMode mode, Deadline deadline) override;
    /// By lxc-attach, or by the words of the section's `rcmd`.
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;

    tl::expected<Path, std::string> network_namespace(const Guest& guest, Deadline deadline) override;

    /// The root file system, and the devices that its fstab and its configuration mount. Sizes are known of files only.
    Disks disks(const Guest& guest, Deadline deadline) override;
    /// The configuration, what it includes beside LXC's own files, and its fstab.
    std::vector<Path> definition(const Guest& guest) override;
    std::vector<Path> definition_places(const Guest& guest) override;
    /// In its root file system, where that is a directory.
    std::optional<Path> drp_flag(const Guest& guest) override;

    /// The bridges and adapters that its network is linked to.
    std::vector<HostNeed> needs(const Guest& guest, Deadline deadline) override;

    /// A copy is a container of its own in its directory (lxc/copy.h), and outlives this process.
    std::optional<Error> copy_outlook(const Guest& guest, Deadline deadline) override;
    void make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) override;
    void start_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) override;
    void end_copy(const GuestCopy& copy, Deadline deadline) override;
    void remove_layers(const GuestCopy& copy, Deadline deadline) override;

    /// How often the kernel was asked for the active containers, for tests.
    std::uint64_t lists() const { return lists_; }

private:
    Place place_of(const Guest& guest) const { return find_place(world_.files, guest, lxcpath_); }
    CopyDefinition copy_definition(const Guest& guest, const GuestCopy& copy) const;
    /// Which of the containers have a monitor; throws Error when that can't be told.
    std::set<ContainerId> active_of(const std::set<Path>& lxcpaths, Deadline deadline);
    bool is_active(const ContainerId& id, Deadline deadline) { return active_of({id.lxcpath}, deadline).contains(id); }
    struct Seen {
        GuestState state;
        int init = 0;  ///< its first process
    };
    std::vector<Seen> look_at(std::span<const Guest> guests, Deadline deadline);
    GuestState without_monitor(const Place& place, const PayloadGroups& groups) const;
    GuestState hung(const ContainerId& id, Duration given) const;
    void describe(const Place& place, const ActivePlaces& active, GuestState& state) const;

    void check_before_start(const Place& place, Deadline deadline);
    /// LXC writes what it has to say into `log`.
    void run_lxc_start(const Place& place, const Path& log, Deadline deadline);
    /// Runs `work` in a thread; false when `deadline` passed or a signal is pending before it is done.
    bool ask(Deadline deadline, std::function<void(Library&)> work);
    Error gave_up(const ContainerId& id, Duration given) const;
    void force_stop(const Place& place, Deadline deadline);
    bool wait_gone(const ContainerId& id, Deadline deadline);

    World world_;
    std::shared_ptr<Library> library_;
    Path lxcpath_;
    std::atomic<std::uint64_t> lists_{0};
};

}  // namespace svcmgr::lxc
