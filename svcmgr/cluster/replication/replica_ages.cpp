#include "svcmgr/cluster/replication/replica_ages.h"

#include <algorithm>
#include <map>

namespace svcmgr {

std::vector<ReplicaAge> replica_ages(World world, const Paths& paths, const Service& service) {
    const WallTime now = world.clock.wall();
    std::vector<ReplicaAge> ages;
    for (const auto& resource : service.resources()) {
        if (resource->group() != Group::sync || resource->disabled()) continue;
        ReplicaAge age{.rid = resource->rid(), .allowed = resource->options().duration("sync_max_delay")};
        const auto replicas = ReplicaMemory(world, paths, service.name(), resource->rid()).read();
        if (!replicas) age.problem = replicas.error();
        if (!replicas || replicas->empty()) ages.push_back(age);
        for (const auto& [peer, replica] : replicas.value_or(PeerReplicas{})) {
            age.peer = peer;
            age.direction = replica.direction;
            age.problem = replica.problem;
            age.age.reset();
            if (replica.agreed_at) age.age = std::max(Duration::zero(), Duration(now - *replica.agreed_at));
            ages.push_back(age);
        }
    }
    return ages;
}

std::optional<Duration> recovery_point(const std::vector<ReplicaAge>& ages) {
    std::map<Rid, std::optional<Duration>> youngest;
    for (const ReplicaAge& age : ages) {
        auto& best = youngest[age.rid];
        if (age.direction == PeerReplica::Direction::received && age.age && (!best || *age.age < *best)) best = age.age;
    }
    std::optional<Duration> oldest;
    for (const auto& [rid, age] : youngest) {
        if (!age) return std::nullopt;
        oldest = std::max(oldest.value_or(Duration::zero()), *age);
    }
    return oldest;
}

}  // namespace svcmgr
