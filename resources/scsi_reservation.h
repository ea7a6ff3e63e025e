#pragma once

#include <map>
#include <string>
#include <vector>

#include "resources/container.h"
#include "resources/reservation/reserver.h"
#include "resources/resource.h"

namespace svcmgr {

/// What reservations have to know of this node and its peers.
struct ReservationPart {
    std::string service;
    std::string nodename;
    ReservationKey key;                           ///< of this node, unless the section says another one
    std::vector<std::string> peers;               ///< the service's other nodes
    std::map<ReservationKey, std::string> names;  ///< nodes whose keys are written down
};

/// `<rid>pr`: the reservations of the disks below another resource of the service (contract.md 7.2, faults.md C.8). Up while this node
/// holds every disk. They are given up only after the guest, or whatever else uses the disks, is seen stopped.
class ScsiReservation : public Resource {
public:
    static constexpr std::string_view resource_type = "disk.scsireserv";

    /// `owner` stands on the disks and outlives this; `container` is the guest that has them, null when there is none.
    ScsiReservation(const Resource& owner, const Container* container, ReservationPart part);

    std::string label() const override;
    /// Before every other disk, and after them when stopping.
    int place(Goal goal) const override { return goal == Goal::down ? 1000 : -1000; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

    const Resource& owner() const { return owner_; }
    const Container* container() const { return container_; }
    /// What uses the disks: the container, or a resource of the node.
    const Resource& user() const { return container_ == nullptr ? owner_ : *container_; }
    /// The node's key for these disks; 0 when what the section says is none.
    ReservationKey key() const { return key_; }
    /// "node2 (0x5e2a00000002)", or the key alone.
    std::string name_of(ReservationKey key) const;
    /// The name alone; empty when nobody knows it.
    std::string node_of(ReservationKey key) const;

    /// All that a report shows, looked at now.
    struct Report {
        SharedDisks devices;
        std::vector<DiskState> states;
        std::vector<ScsiAnswer<Registrants>> registrants;
        std::string problem;
    };
    Report report(Looking& looking) const;

    /// As `detail` of an observation: another node has taken the disks of a guest that runs here.
    static constexpr std::string_view fenced = "fenced";
    /// Removes what this node left under an earlier identity (`prrepair`).
    static constexpr std::string_view repair_verb = "repair";
    static constexpr std::string_view heal_verb = "heal";

    // The hand-over of a guest that moves while it runs (svcmgr/cluster/handover.h).
    static constexpr std::string_view join_verb = "join";
    static constexpr std::string_view leave_verb = "leave";
    /// Takes the disks over from other nodes, once the guest is here.
    static std::string adopt_verb(const std::set<ReservationKey>& holders);
    /// The disks as they are now. Throws Error when they are not known.
    std::vector<SharedDisk> disks(World& world) const;

private:
    /// As `detail` of an observation: there is nothing to give up.
    static constexpr std::string_view untouched = "this node is not registered";
    /// The same: a path came later, or lost its registration.
    static constexpr std::string_view not_all_paths = "not every path is registered";
    /// The same: the guest came, and the one from whom it came holds its disks still.
    static constexpr std::string_view half_handed_over = "its disks are not handed over yet";

    struct Seen;
    void judge_unreserved(Looking& looking, const std::vector<std::string>& unreserved, ResourceObservation& result) const;
    void judge_disks(const Seen& seen, ResourceObservation& result) const;
    void judge_running(const Seen& seen, ResourceObservation& result) const;
    void judge_startable(Looking& looking, const Seen& seen, ResourceObservation& result) const;
    void judge_holder(Looking& looking, const std::string& disk, ReservationKey holder, ResourceObservation& result) const;
    bool judge_half_handed_over(Looking& looking, const Seen& seen, ResourceObservation& result) const;
    std::string why_in_use_on(Looking& looking, const std::string& peer) const;

    Claim claim() const;
    void take(const std::string& verb, Doing& doing) const;
    void join(Doing& doing) const;
    void adopt(const std::string& verb, Doing& doing) const;
    bool is_peer(ReservationKey key) const;
    void give_up(const std::string& verb, Doing& doing) const;
    void heal(Doing& doing) const;
    /// Why the disks are in use here; empty when they are not. Throws when nobody can tell.
    std::string in_use(Doing& doing) const;

    const Resource& owner_;
    const Container* container_;
    ReservationPart part_;
    ReservationKey key_;
};

}  // namespace svcmgr
