#pragma once

#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What must be true of the data before a service is started at the disaster recovery site (contract.md 10.4; faults.md C.5, row 33): the
/// replicas here are as young as sync_max_delay asks for. Whoever starts it all the same says so with --force, and why with --reason: the
/// journal keeps it. On either site: that no data is here which was brought back half. Nothing else for a start on a production node. What
/// has to be known of the production nodes: peer_guard.h.
std::vector<Step> dr_guards(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node);

}  // namespace svcmgr
