#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/cluster/rehearsal_records.h"
#include "svcmgr/cluster/replication/replica_ages.h"
#include "svcmgr/report/style.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

/// What there is to know of a service before a disaster, on one of its nodes.
struct DrpView {
    std::string service;
    std::string node;
    bool at_drp_site = false;
    std::vector<std::string> nodes;
    std::vector<std::string> drpnodes;
    std::map<std::string, PeerInstance> peers;
    std::vector<ReplicaAge> replicas;
    std::optional<Plan> start;                     ///< what a start would do here; at the disaster recovery site only
    std::vector<RehearsalRecord> rehearsals = {};  ///< on this node, newest first
};

std::string drp_text(const DrpView& view);
/// `svcmgr.drp/1`
std::string drp_json(const std::vector<DrpView>& views, const std::string& node);

}  // namespace svcmgr
