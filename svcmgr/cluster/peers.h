#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "drivers/world.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What peers have to tell. Everything counts where people look; for a start only what the nodes carry does, which is known sooner.
enum class PeerQuestion { everything, what_runs };

using ServicesByNode = std::map<std::string, std::set<std::string>>;

/// The other nodes of services, each with those of the services that it may run.
ServicesByNode services_by_peer(const Node& node, const std::vector<const Service*>& services);

/// What nodes say of their instances: by service, then by node.
using InstancesByService = std::map<std::string, std::map<std::string, PeerInstance>>;

/// Asks every node for its instances of its services: one ssh command a node, all at once, each within `peer_timeout` of node.conf. Never
/// throws: what a node did not say is an answer, too. By node, then by service; every service that was asked for is there.
std::map<std::string, std::map<std::string, PeerInstance>> ask_peers(World world, const Node& node, const ServicesByNode& services_by_node,
                                                                     PeerQuestion question);

/// The same for services as wholes: what all the peers of each say of it. Nobody is asked about a service that has no other node.
InstancesByService ask_peers_of(World world, const Node& node, const std::vector<const Service*>& services, PeerQuestion question);

}  // namespace svcmgr
