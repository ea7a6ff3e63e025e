#include "svcmgr/service/service.h"

#include <algorithm>
#include <utility>

namespace svcmgr {

Status Summary::group(Group group) const {
    const auto found = groups.find(group);
    return found == groups.end() ? Status::not_applicable : found->second;
}

Service::Service(std::string name, std::string file, Options defaults, std::vector<std::unique_ptr<Resource>> resources,
                 std::set<Subset> parallel)
    : name_(std::move(name)),
      file_(std::move(file)),
      defaults_(std::move(defaults)),
      resources_(std::move(resources)),
      parallel_(std::move(parallel)) {
    std::ranges::stable_sort(resources_, {}, [](const auto& resource) { return std::pair(resource->group(), resource->rid()); });
}

const Resource* Service::find(const Rid& rid) const {
    const auto found = std::ranges::find_if(resources_, [&](const auto& resource) { return resource->rid() == rid; });
    return found == resources_.end() ? nullptr : found->get();
}

std::vector<std::string> Service::nodes() const {
    return defaults_.list("nodes");
}

std::vector<std::string> Service::drpnodes() const {
    std::vector<std::string> nodes = defaults_.list("drpnode");
    for (std::string& node : defaults_.list("drpnodes"))
        if (std::ranges::find(nodes, node) == nodes.end()) nodes.push_back(std::move(node));
    return nodes;
}

std::vector<std::string> Service::peers_of(const std::string& nodename) const {
    std::vector<std::string> peers;
    for (const auto& list : {nodes(), drpnodes()})
        for (const std::string& node : list)
            if (node != nodename && std::ranges::find(peers, node) == peers.end()) peers.push_back(node);
    return peers;
}

std::string Service::env() const {
    return defaults_.text("env");
}
std::string Service::orchestrate() const {
    return defaults_.text("orchestrate");
}

bool Service::placement_leader(const std::string& nodename) const {
    const std::vector<std::string> candidates = nodes();
    return !candidates.empty() && candidates.front() == nodename;
}

bool Service::starts_at_boot(const std::string& nodename) const {
    if (defaults_.said("orchestrate") || !defaults_.said("autostart_node")) return orchestrate() == "start" && placement_leader(nodename);
    const std::vector<std::string> nodes = defaults_.list("autostart_node");
    return std::ranges::find(nodes, nodename) != nodes.end();
}

namespace {

bool accessory(Group group) {
    return group == Group::sync || group == Group::task;
}

/// A late replica is a warning for the service, never a reason to call it down (contract.md 3.4).
Status of_sync(Status status) {
    if (status == Status::up) return Status::undef;
    return status == Status::undef || status == Status::not_applicable ? status : Status::warn;
}

/// Merges like contract.md 3.2, but for one thing: what is not known next to nothing but n/a stays unknown. OpenSVC shows n/a, as if
/// there were nothing to know about a guest whose hypervisor does not answer.
Status merge_into(Status sum, Status status) {
    const auto says_nothing = [](Status one) { return one == Status::undef || one == Status::not_applicable; };
    const bool unknown = says_nothing(sum) && says_nothing(status) && (sum == Status::undef || status == Status::undef);
    return unknown ? Status::undef : merge(sum, status);
}

bool has_complaints(const ResourceObservation& seen) {
    return std::ranges::any_of(seen.log, [](const LogLine& line) { return line.level != LogLine::Level::info; });
}

}  // namespace

Summary Service::summarize(const Observation& observation) const {
    Summary summary;
    Status avail = Status::not_applicable;
    Status rest = Status::undef;
    bool complaint = false;
    bool reason_of_undef = false;
    for (const auto& resource : resources_) {
        const auto found = observation.resources.find(resource->rid());
        if (found == observation.resources.end()) continue;  // not asked for
        const ResourceObservation& seen = found->second;
        const auto [group, first] = summary.groups.try_emplace(resource->group(), Status::not_applicable);
        group->second = merge_into(group->second, seen.status);
        if (!accessory(resource->group())) avail = merge_into(avail, seen.status);
        if (resource->group() == Group::sync) rest = merge(rest, of_sync(seen.status));
        if (resource->group() == Group::task) rest = merge(rest, seen.status);
        if (has_complaints(seen)) (seen.status == Status::undef ? reason_of_undef : complaint) = true;
    }
    if (observation.engine && observation.engine->value != EngineSight::Value::manages) reason_of_undef = true;
    // The reason why nothing is known is no more than that; beside something that is known it is a warning.
    if (complaint || (reason_of_undef && avail != Status::undef)) rest = merge(rest, Status::warn);
    summary.avail = printed(avail);
    const bool unknown = avail == Status::undef && rest == Status::not_applicable;
    summary.overall = unknown ? Status::undef : printed(merge(avail, rest));
    for (auto& [group, status] : summary.groups) {
        status = printed(status);
        if (avail == Status::standby_up_with_up && status == Status::standby_up) status = Status::up;
    }
    return summary;
}

}  // namespace svcmgr
