#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "drivers/world.h"
#include "resources/rid.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

/// What peers say of a service's resources while one look is taken: each peer is asked once, when somebody wants to know. Used from several
/// threads at once.
class PeerAnswers {
public:
    /// `node` outlives this.
    PeerAnswers(World world, const Node& node, std::string service) : world_(world), node_(node), service_(std::move(service)) {}

    /// Never throws; by node. Those that were not asked before are asked at once.
    std::map<std::string, PeerInstance> of(const std::vector<std::string>& peers);
    /// What was asked before, for several services at once.
    void know(const std::map<std::string, PeerInstance>& answers);
    /// Looking::why_in_use_on.
    std::string why_in_use(const std::string& peer, const Rid& rid);

private:
    World world_;
    const Node& node_;
    std::string service_;
    std::mutex mutex_;
    std::map<std::string, PeerInstance> answers_;
};

}  // namespace svcmgr
