#pragma once

#include <string>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/live_migration.h"
#include "drivers/hypervisor/table.h"
#include "resources/resource.h"

namespace svcmgr {

/// `container#n`: a guest, through the hypervisor of its `type`.
class Container : public Resource {
public:
    Container(Rid rid, Options options, Guest guest);

    std::string label() const override { return guest_.name; }
    const Guest& guest() const { return guest_; }
    const std::string& hypervisor() const { return hypervisor_; }

    /// The guest's state, from the looks of this run.
    GuestState state(Looking& looking) const { return looking.guest(hypervisor_, guest_); }
    /// Runs a command in the guest. Never throws.
    SshOutcome run_inside(World& world, const Argv& argv, Deadline deadline) const;
    Hypervisor::Disks disks(World& world, Deadline deadline) const;
    /// While it runs here (Hypervisor::network_namespace). Never throws.
    tl::expected<Path, std::string> network_namespace(World& world, Deadline deadline) const;
    /// Which names of its disks this node lacks (Hypervisor::missing_devices). Never throws.
    std::string missing_devices(Looking& looking) const;
    void make_devices(Doing& doing) const;
    /// What the guest wrote. Never throws.
    GuestOutput output(World& world, const OutputRange& range, Deadline deadline) const;

    Devices devices_below(Looking& looking) const override;
    /// Takes its power away at once. No goal needs it: it is for a guest whose disks another node has taken.
    static constexpr std::string_view force_stop_verb = "force stop";

    // A guest that moves while it runs (drivers/hypervisor/live_migration.h), on the node that it comes to: no goal needs these either.
    /// Runs it, now that it has left the other node.
    static constexpr std::string_view go_on_verb = "go on";
    /// Ends what has come of it and is not to run.
    static constexpr std::string_view turn_away_verb = "turn away";
    /// How it moves; throws Error when its technology can't do that.
    LiveMigration& live_migration(World& world) const;

    void announce(Looking& looking) const override;
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    Intent intend_up(const ResourceObservation& observation) const;
    Intent intend_down(const ResourceObservation& observation) const;
    /// How long a guest may take to be gone once its power is taken away.
    static constexpr Duration force_time = std::chrono::seconds(30);
    Duration stop_time() const;

    /// Whether the guest's name is one of the network, where it answers when it runs.
    bool named_in_network() const;
    /// Whether a command has to run in the guest before it counts as started.
    bool takes_commands() const;
    void wait_until_ready(Intent& intent, const std::string& reason) const;
    GuestState settled(Looking& looking) const;
    /// Of a guest that is down: what a start would meet.
    void look_ahead(Looking& looking, const GuestState& guest, ResourceObservation& seen) const;
    void look_for_definition(World& world, ResourceObservation& seen) const;
    void look_inside(Looking& looking, ResourceObservation& seen) const;

    void prepare(Doing& doing) const;
    void start(Doing& doing) const;
    /// Tells the guest whether it starts at the disaster recovery site, by the file that its technology has for that.
    void tell_site(Hypervisor& hypervisor, Doing& doing) const;
    void undo_start(Doing& doing) const;
    /// Fresh, for somebody who waits; unlike `state`, which is shared by a run's looks.
    GuestState look_now(Doing& doing) const;
    /// Waits for `done`, and gives up at once when the guest dies meanwhile.
    void wait_alive(Doing& doing, const std::string& what, const std::function<bool()>& done) const;
    void wait_up(Doing& doing) const;
    /// Until its own check says that it is healthy; one without a check is ready at once.
    void wait_healthy(Doing& doing) const;
    /// Of one that runs once: until it has ended, and well.
    void wait_end(Doing& doing) const;
    void wait_ping(Doing& doing) const;
    void wait_operational(Doing& doing) const;
    /// Asks, asks again at half time, and takes the power away at the deadline (contract.md 5.0, peers.md A.4-10).
    void stop(Doing& doing) const;
    void ask_to_stop(Doing& doing) const;
    void force_stop(Doing& doing) const;
    /// Lets go of what this node keeps of a guest that is down.
    void release(Doing& doing) const;

    Guest guest_;
    std::string hypervisor_;
    Readiness readiness_;
    Origin origin_;
};

}  // namespace svcmgr
