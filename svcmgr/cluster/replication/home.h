#pragma once

#include <string>
#include <vector>

#include "svcmgr/cluster/node.h"
#include "svcmgr/cluster/replication/service_files.h"

namespace svcmgr {

/// Where a service's replicas come from and go to, as one node sees it.
struct ReplicaHome {
    std::string service;
    std::string env;  ///< PRD, TST …
    std::vector<std::string> nodes;
    std::vector<std::string> drpnodes;
    GuestsByHypervisor guests;
    Paths paths;
    Node node;

    /// Whether this node is one of the disaster recovery site: nothing is replicated from it.
    bool on_drpnode() const { return contains(drpnodes, node.name()) && !contains(nodes, node.name()); }
    bool is_drpnode(const std::string& peer) const { return contains(drpnodes, peer) && !contains(nodes, peer); }
    /// Every other node, in the order of the env file.
    std::vector<std::string> peers() const;

    static bool contains(const std::vector<std::string>& names, const std::string& name);
};

/// Why the host mode of a peer keeps a replica from it (contract.md 10.2): a PRD service goes to PRD nodes, any other to nodes that are not
/// PRD, and what goes to drpnodes never goes to a PRD node. Empty when it does not.
std::string host_mode_problem(const ReplicaHome& home, const std::string& peer, const std::string& mode);

}  // namespace svcmgr
