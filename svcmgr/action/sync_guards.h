#pragma once

#include <string>
#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What must be true before anything is replicated from this node (contract.md 10.2, 11.3): it is one of `nodes`; a PRD service is on a PRD
/// node; and the instance is up here, or up nowhere. What can't be known of a peer is a risk that --force takes; what a peer runs is not.
std::vector<Step> sync_guards(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node);

/// Whether this node's instance is up, or has nothing that could be: then no peer has to be asked.
bool has_current_data(const Service& service, const Observation& observation);

}  // namespace svcmgr
