#pragma once

#include <map>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// A service on all its nodes. What it refers to outlives it.
struct ServiceEverywhere {
    const Service& service;
    std::map<std::string, PeerInstance> instances;  ///< by node, this one's with them

    /// The nodes that run it. More than one is what must not be.
    std::vector<std::string> running_on() const;
    /// What the whole service is: up when a node has it up, warn when two run it or the one that does is not well, down when every node has
    /// it down; undef when nobody has it up and a node does not say.
    Status avail() const;
};

/// `svcmgr mon`: services by nodes, with OpenSVC's marks (contract.md 3.7), then what there is to say of them.
std::string mon_text(const std::vector<ServiceEverywhere>& services);

/// `svcmgr.mon/1` (share/schema/mon-1.json).
std::string mon_json(const std::vector<ServiceEverywhere>& services, const std::string& node, WallTime observed);

}  // namespace svcmgr
