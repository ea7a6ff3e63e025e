#include "svcmgr/action/dr_guards.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

/// Data that was being brought back, and of which a part is still what was here before: on whichever site that is.
std::vector<Step> guards_of_halves(const Service& service, const Request& request, const Observation& observation) {
    std::vector<Step> steps;
    if (request.goal != Goal::up || request.standby == Request::Standby::only) return steps;
    for (const auto& [rid, seen] : observation.resources) {
        const Resource* resource = service.find(rid);
        if (resource == nullptr || resource->group() != Group::sync || !seen.conflict) continue;
        Step step{.verb = "check data of " + rid.text(), .reason = "what is here must be whole"};
        if (request.force)
            step.risk = seen.conflict->message();
        else
            step.refusal = seen.conflict;
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace

std::vector<Step> dr_guards(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node) {
    std::vector<Step> steps = guards_of_halves(service, request, observation);
    const auto is_in = [&](const std::vector<std::string>& nodes) { return std::ranges::find(nodes, node.nodename) != nodes.end(); };
    const bool at_drp_site = is_in(service.drpnodes()) && !is_in(service.nodes());
    if (!at_drp_site || request.goal != Goal::up || request.standby == Request::Standby::only || observation.peers.empty()) return steps;
    for (const auto& [rid, seen] : observation.resources) {
        if (seen.stale.empty()) continue;
        Step step{.verb = "check data of " + rid.text(), .reason = seen.stale};
        if (request.force && !request.reason.empty())
            step.risk = taken_risk(fmt::format("{}: {}", rid.text(), seen.stale), request.reason);
        else
            step.refusal = Error(Error::Code::refused, fmt::format("{}: {}", rid.text(), seen.stale), service.name(),
                                 fmt::format("replicate from production if it is alive; {}",
                                             request.force ? "--force needs a --reason here: the journal keeps it"
                                                           : "--force with --reason TEXT takes the risk"));
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace svcmgr
