#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "drivers/world.h"
#include "resources/looking.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// Which of a service's resources are meant: both conditions hold. Without any, all are.
struct Selection {
    std::optional<std::set<Group>> groups;
    std::optional<std::set<Rid>> rids;

    bool contains(const Resource& resource) const;
};

/// Those of its resources that are selected and those that they live in, in the order of the tree.
std::vector<const Resource*> selected(const Service& service, const Selection& selection);

/// What several looks have in common: where, and the answers that they share.
struct LookShared {
    LookShared(World on, const Paths& at, const Node& of);

    World world;
    const Paths& paths;
    const Node& node;
    LookLimits limits;
    std::shared_ptr<NodeAnswers> answers;
    tl::expected<std::string, FileProblem> node_flag;  ///< Paths::frozen_flag
};

/// Of a service on this node: whether it is frozen, and who acts on it.
Observation observe_flags(const LookShared& shared, const std::string& service);

/// One look at a service on this node: at the selected resources and at those that they live in; for a plan, also at what they require.
/// In parts, so that services can be looked at together. The service and what is shared outlive it.
class ServiceLook {
public:
    ServiceLook(const LookShared& shared, const Service& service, const Selection& selection, Purpose purpose);

    /// To be set before any look is run.
    Looking& looking() { return looking_; }

    /// Looks that may run side by side, in this order: what the node carries, then its guests and what is in them.
    std::vector<std::function<void()>> looks();
    /// Those that need to know what came of the others; to be called, and run, once they have ended.
    std::vector<std::function<void()>> last_looks();
    /// The service's part of the journal.
    void take_journal(JournalReader& journal);
    void take_journal(const std::map<std::string, Interrupted>& interrupted, const std::string& problem);

    Observation take() { return std::move(observation_); }

private:
    std::function<void()> look_at(const Resource& resource);

    const Service& service_;
    Looking looking_;
    std::vector<const Resource*> wanted_;
    Observation observation_;
};

/// A service to be looked at, and which of its resources.
struct Sight {
    const Service* service;
    Selection selection;
};

/// Looks at services side by side; of more than a few, each hypervisor is asked once for all of them, and the journal is in any case. In
/// the order of `sights`. Never throws.
std::vector<Observation> look_together(World world, const Paths& paths, const Node& node, const std::vector<Sight>& sights);

}  // namespace svcmgr
