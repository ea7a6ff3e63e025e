#include "svcmgr/cluster/replication/home.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

bool ReplicaHome::contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> ReplicaHome::peers() const {
    std::vector<std::string> peers;
    for (const auto* list : {&nodes, &drpnodes})
        for (const std::string& peer : *list)
            if (peer != node.name() && !contains(peers, peer)) peers.push_back(peer);
    return peers;
}

std::string host_mode_problem(const ReplicaHome& home, const std::string& peer, const std::string& mode) {
    constexpr std::string_view production = "PRD";
    const bool to_drp = home.is_drpnode(peer);
    const bool wants_production = home.env == production && !to_drp;
    if ((mode == production) == wants_production) return {};
    return fmt::format("its host mode is {}, and a {} service goes to {}", mode, home.env,
                       to_drp             ? "drpnodes that are not PRD"
                       : wants_production ? "PRD nodes"
                                          : "nodes that are not PRD");
}

}  // namespace svcmgr
