#include "svcmgr/action/dr_guards.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

std::string way_out(const Request& request) {
    return request.force ? "--force needs a --reason here: the journal keeps it" : "--force with --reason TEXT takes the risk";
}

Step guard(std::string verb, std::string reason) {
    Step step;
    step.verb = std::move(verb);
    step.reason = std::move(reason);
    return step;
}

}  // namespace

std::vector<Step> dr_guards(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node) {
    std::vector<Step> steps;
    const std::vector<std::string> nodes = service.nodes();
    const bool at_drp_site = contains(service.drpnodes(), node.nodename) && !contains(nodes, node.nodename);
    if (!at_drp_site || request.goal != Goal::up || request.standby == Request::Standby::only || observation.peers.empty()) return steps;
    const bool taken = request.force && !request.reason.empty();
    for (const auto& [peer, instance] : observation.peers) {
        if (!contains(nodes, peer) || instance.runs()) continue;
        const bool known = instance.surely_not() || instance.answer == PeerInstance::Answer::without_service;
        Step step = guard("check production " + peer, known ? fmt::format("{} says that it does not run it", peer)
                                                            : fmt::format("whether {} runs it is not known", peer));
        if (!known && !taken)
            step.refusal = Error(Error::Code::refused,
                                 fmt::format("whether the production node {} runs it can't be known{}{}", peer,
                                             instance.reason.empty() ? "" : ": ", instance.reason),
                                 service.name(), fmt::format("make sure that it is down there; {}", way_out(request)));
        steps.push_back(std::move(step));
    }
    for (const auto& [rid, seen] : observation.resources) {
        if (seen.stale.empty()) continue;
        Step step = guard("check data of " + rid.text(), seen.stale);
        if (!taken)
            step.refusal = Error(Error::Code::refused, fmt::format("{}: {}", rid.text(), seen.stale), service.name(),
                                 fmt::format("replicate from production if it is alive; {}", way_out(request)));
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace svcmgr
