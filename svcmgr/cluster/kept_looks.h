#pragma once

#include <map>
#include <string>
#include <vector>

#include "svcmgr/cluster/service_look.h"

namespace svcmgr {

/// What `status --heal` saw when it last looked at all services of this node (Paths::kept_status).
struct KeptLooks {
    WallTime observed;
    std::map<std::string, std::map<Rid, ResourceObservation>> services;
};

/// Throws Error `refused` when nobody has looked since the node booted, and `failed` for a file that is no such document.
KeptLooks read_kept_looks(const Files& files, const Paths& paths);

/// In the order of `sights`, with what is known without asking anybody: flags, locks and the journal as they are now, resources as they
/// were kept. Never throws.
std::vector<Observation> recall(World world, const Paths& paths, const Node& node, const std::vector<Sight>& sights, const KeptLooks& kept);

}  // namespace svcmgr
