#pragma once

#include <string>
#include <vector>

#include "svcmgr/cluster/drill.h"
#include "svcmgr/cluster/replication/replica_ages.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/report/reservations.h"
#include "svcmgr/report/status.h"

namespace svcmgr {

/// What monitoring is told of one service.
struct ServiceMetrics {
    ServiceView view;
    bool config_valid = true;  ///< its env file has no errors
    std::vector<ReservationView> reservations;
    std::vector<ReplicaAge> replicas;
    std::vector<LastRun> runs;
    ServiceDrill drill = {};  ///< the last one; without nodes when there was none
};

/// What monitoring is told of a node.
struct NodeMetrics {
    std::string node;
    bool frozen = false;
    WallTime observed;            ///< when the look began
    std::string journal_problem;  ///< why nothing is known of actions; empty when it is
    std::vector<ServiceMetrics> services;
    std::vector<std::string> unreadable;  ///< services whose env files can't be read
};

/// Gauges in the text format 0.0.4 of Prometheus; names, labels and values are listed in share/doc/operating.md. What is not known has no
/// sample, rather than one that looks well.
std::string metrics_text(const NodeMetrics& metrics);

}  // namespace svcmgr
