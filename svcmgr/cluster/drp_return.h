#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/world.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/cluster/replication/data_sync.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// The way home after a disaster, on a node of production: what the drpnode has is fetched (a drpnode pushes nothing, and production lets
/// no drpnode in), then the service is started here. All that it refers to outlives it.
class DrpReturn {
public:
    static constexpr std::string_view action = "drp return";

    /// `drpnode` is where the service ran meanwhile; `options` have --force and --reason.
    DrpReturn(World world, const Paths& paths, const Node& node, const Service& service, std::string drpnode, const ActOptions& options);

    /// What a return would do now, guards first, one after the other; nothing when the service runs here. Looks, and never throws.
    std::vector<Step> steps() const;
    Plan plan() const;

    /// Whether a step's verb, or its undoing, is one of a return.
    static bool knows(std::string_view verb);
    /// From where an action that was a return brought the service back; empty for one that was none.
    static std::string drpnode_of(const ActionHistory& history);
    void perform(const std::string& verb, Doing& doing) const;

private:
    PeerInstance instance_here() const;
    Step guard_of_site() const;
    Step guard_of_instance() const;
    std::vector<Step> guards_of_peers() const;
    Step guard_of_data() const;
    std::vector<const DataSync*> data() const;
    std::vector<Path> mount_points() const;

    World world_;
    const Paths& paths_;
    const Node& node_;
    const Service& service_;
    std::string drpnode_;
    const ActOptions& options_;
};

}  // namespace svcmgr
