#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/world.h"
#include "svcmgr/cluster/replication/replica_memory.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// How old one replica is, as this node remembers it.
struct ReplicaAge {
    Rid rid;
    std::string peer;
    PeerReplica::Direction direction = PeerReplica::Direction::sent;
    std::optional<Duration> age;  ///< nothing: never
    Duration allowed{};           ///< sync_max_delay
    std::string problem;          ///< why the last attempt failed, or why the age is not known

    bool late() const { return !age || *age > allowed; }
};

/// Of every sync resource of the service and every peer that it has to do with; one that never had anything to do with a peer has one entry
/// without a peer. Never throws.
std::vector<ReplicaAge> replica_ages(World world, const Paths& paths, const Service& service);

/// The age of the oldest data that this node has from others: what would be lost by going on with it. Nothing when something was never
/// received.
std::optional<Duration> recovery_point(const std::vector<ReplicaAge>& ages);

}  // namespace svcmgr
