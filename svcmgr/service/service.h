#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "resources/resource.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/config/sections.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/subsets.h"

namespace svcmgr {

/// Statuses merged as contract.md 3.4 (1.8) says.
struct Summary {
    std::map<Group, Status> groups;  ///< of the groups that have resources
    Status avail = Status::not_applicable;
    Status overall = Status::not_applicable;

    Status group(Group group) const;  ///< n/a for a group without resources
};

/// What an env file describes, as this node sees it: resources in their groups.
class Service {
public:
    /// `parallel`: the subsets whose resources go at the same time.
    Service(std::string name, std::string file, Options defaults, std::vector<std::unique_ptr<Resource>> resources,
            std::set<Subset> parallel = {});

    const std::string& name() const { return name_; }
    const std::string& file() const { return file_; }
    const Options& defaults() const { return defaults_; }
    /// Sorted by group (the order of the tree), then naturally by rid.
    const std::vector<std::unique_ptr<Resource>>& resources() const { return resources_; }
    const Resource* find(const Rid& rid) const;
    /// Whether the resources of a group that are in a subset, or in none, go at the same time.
    bool parallel(Group group, const std::string& subset) const { return parallel_.contains({group, subset}); }

    std::vector<std::string> nodes() const;
    std::vector<std::string> drpnodes() const;  ///< drpnode and drpnodes, without duplicates
    /// Both, without `nodename`.
    std::vector<std::string> peers_of(const std::string& nodename) const;
    std::string env() const;
    std::string orchestrate() const;
    bool placement_leader(const std::string& nodename) const;
    /// Whether `boot` starts it on this node rather than its standby resources alone: `orchestrate` says so and the node is the placement
    /// leader, or the old `autostart_node` names the node (contract.md 4.9).
    bool starts_at_boot(const std::string& nodename) const;

    Summary summarize(const Observation& observation) const;

private:
    std::string name_;
    std::string file_;
    Options defaults_;
    std::vector<std::unique_ptr<Resource>> resources_;
    std::set<Subset> parallel_;
};

}  // namespace svcmgr
