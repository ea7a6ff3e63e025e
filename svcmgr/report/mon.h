#pragma once

#include <map>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "svcmgr/report/style.h"
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
std::string mon_text(const std::vector<ServiceEverywhere>& services, const Style& style);

/// The same for a window of that size, `footer` below it, as lines that fit. When they do not all fit, services that are not well come
/// first, and a line counts the others. Nodes whose names would make the table wider than the window are numbered.
std::vector<std::string> mon_screen(const std::vector<ServiceEverywhere>& services, const std::string& footer, const Style& style,
                                    int columns, int rows);

/// The nodes of all of these services, in the order in which the services name them.
std::vector<std::string> nodes_of(const std::vector<ServiceEverywhere>& services);
/// What there is to say of them, a sentence each. What nobody could ask a node for is said once, whatever number of services it has. Not
/// yet fit for a terminal.
std::vector<std::string> remarks_of(const std::vector<ServiceEverywhere>& services);

/// `svcmgr.mon/1` (share/schema/mon-1.json).
std::string mon_json(const std::vector<ServiceEverywhere>& services, const std::string& node, WallTime observed);

}  // namespace svcmgr
