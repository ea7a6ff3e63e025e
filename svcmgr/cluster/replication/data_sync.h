#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resources/resource.h"
#include "svcmgr/cluster/replication/home.h"
#include "svcmgr/cluster/replication/replica_memory.h"

namespace svcmgr {

/// `sync#n`: data that is replicated to the nodes of `target`, by a program that its driver knows. How old each replica is was remembered
/// by both sides when it was made, each by its own clock; a status asks no peer.
///
/// Before anything is sent the peer is asked whether it may be: `svcmgr peer ready`, and again when the data arrives.
class DataSync : public Resource {
public:
    DataSync(Rid rid, std::string type, Options options, std::shared_ptr<const ReplicaHome> home);

    bool looks_last() const override { return true; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

    /// The nodes that get the data: those of `target` without this one.
    std::vector<std::string> targets() const;
    /// Whether this node is one of them, or where the data comes from.
    bool is_target() const;

    /// Why this node must not get a replica now, whoever sends it: another host mode, a mount point that is not one. Never throws.
    virtual std::optional<Error> why_not_here(World world) const;
    void remember_received(World world, const std::string& from, const std::string& mark) const;

    /// Why what a drpnode has can't be brought back here; nothing when nothing is known to be in its way. Never throws.
    virtual std::optional<Error> why_not_back(World world) const;
    /// Replaces what is here by what the peer has, which must not run the service. Until it has ended well a start is refused: what is here
    /// is neither's. `mount_points` are those of the service: what is below one of them needs it mounted. Throws Error.
    void bring_back(const std::string& peer, const std::vector<Path>& mount_points, Doing& doing) const;

protected:
    const ReplicaHome& home() const { return *home_; }
    ReplicaMemory memory(World world) const { return {world, home_->paths, home_->service, rid()}; }

    /// Why it can't be done here at all; empty when it can: a program that is missing.
    virtual std::string obstacle(Looking& looking) const = 0;
    /// Sends the data; `replica` is what is remembered of the peer, and may be given a new mark. Throws Error.
    virtual void transfer(const std::string& peer, PeerReplica& replica, Doing& doing) const = 0;
    /// The other way, for drivers of which `why_not_back` says that they can. Throws Error.
    virtual void transfer_back(const std::string& peer, const std::vector<Path>& mount_points, Doing& doing) const;
    /// Of `src` that lies in one of the mount points: what is to be mounted there must not have its place filled instead
    /// (contract.md 10.2), here as little as at the other end. Throws Error `refused`.
    void check_mounted(World world, const std::vector<Path>& mount_points) const;

private:
    void judge_peers(const WallTime& now, const PeerReplicas& replicas, ResourceObservation& seen) const;
    void judge_own(const WallTime& now, const PeerReplicas& replicas, ResourceObservation& seen) const;
    void replicate(const std::string& peer, Doing& doing) const;

    std::shared_ptr<const ReplicaHome> home_;
};

/// "2 h ago"; "never".
std::string age_text(const WallTime& now, const PeerReplica& replica);
/// Of what a peer sent to this node: the newest; null when nothing was received.
const std::pair<const std::string, PeerReplica>* newest_received(const PeerReplicas& replicas);

}  // namespace svcmgr
