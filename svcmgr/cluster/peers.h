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

/// Asks every node for its instances of its services: one ssh command a node, all at once, each within `peer_timeout` of node.conf. Never
/// throws: what a node did not say is an answer, too. By node, then by service; every service that was asked for is there.
std::map<std::string, std::map<std::string, PeerInstance>> ask_peers(World world, const Node& node,
                                                                     const std::map<std::string, std::set<std::string>>& services_by_node,
                                                                     PeerQuestion question);

/// The same for services as wholes: what all the peers of each say of it, by service, then by node. Nobody is asked about a service that
/// has no other node.
std::map<std::string, std::map<std::string, PeerInstance>> ask_peers_of(World world, const Node& node,
                                                                        const std::vector<const Service*>& services);

}  // namespace svcmgr
