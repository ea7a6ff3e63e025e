#pragma once

#include <memory>
#include <string>
#include <vector>

#include "resources/resource.h"
#include "svcmgr/cluster/replication/accept.h"
#include "svcmgr/cluster/replication/home.h"
#include "svcmgr/cluster/replication/replica_memory.h"

namespace svcmgr {

/// `sync#i0`, of every service that has several nodes (contract.md 10.1): what a node needs to be able to run it, replicated to nodes and
/// drpnodes. Contents count, not times (issue #178 of OpenSVC): each node remembers what it and each peer had alike, and shows
/// a peer as late when its own files are not these any more. A status asks no peer.
class ConfigSync : public Resource {
public:
    static constexpr std::string_view name = "sync#i0";

    /// `options` are those of a section [sync#i0], if there is one.
    ConfigSync(Options options, std::shared_ptr<const ReplicaHome> home);

    std::string label() const override { return "env file, launchers, definitions"; }
    bool looks_last() const override { return true; }
    /// First: only an env file says what else is replicated.
    int place(Goal) const override { return -1; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

    /// Fetches what was changed on a drpnode and not here. What is another one on both is said, and left alone. Throws Error.
    void bring_back(const std::string& peer, Doing& doing) const;

private:
    struct Comparison;

    ServiceFiles files(World world) const;
    ReplicaMemory memory(World world) const;
    void judge_peers(const WallTime& now, const PeerReplicas& replicas, const FileStates& files, ResourceObservation& seen) const;
    void judge_own(const WallTime& now, const PeerReplicas& replicas, const FileStates& files, ResourceObservation& seen) const;
    void replicate(const std::string& peer, Partner::Force force, Doing& doing) const;
    Comparison compare(const std::string& peer, Doing& doing) const;
    void exchange(const std::string& peer, const Exchange& one, const FileStates& here, Doing& doing) const;
    void fetch(const std::string& peer, const Exchange& one, const FileStates& here, const FileStates& there, Doing& doing,
               Offer::Occasion occasion) const;

    std::shared_ptr<const ReplicaHome> home_;
};

/// What a section [sync#i0] may say.
KeywordSet config_sync_keywords();

}  // namespace svcmgr
