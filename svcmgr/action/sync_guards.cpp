#include "svcmgr/action/sync_guards.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace svcmgr {

namespace {

Step guard(std::string verb, std::string reason, std::optional<Error> refusal) {
    Step step;
    step.verb = std::move(verb);
    step.reason = std::move(reason);
    step.refusal = std::move(refusal);
    return step;
}

Error refused(std::string message, std::string where, std::string hint) {
    return {Error::Code::refused, std::move(message), std::move(where), std::move(hint)};
}

std::optional<Error> refusal_of_peer(const Service& service, const std::string& node, const PeerInstance& peer, bool force) {
    if (peer.runs())
        return refused(fmt::format("it runs on {} ({}), and what that node has is newer", node, fmt::join(peer.running, ", ")),
                       service.name(), fmt::format("replicate from there: svcmgr -s {} sync all, on {}", service.name(), node));
    if (force || peer.surely_not() || peer.answer == PeerInstance::Answer::without_service) return {};
    return refused(
        fmt::format("it is not up here, and {} can't say whether it is up there{}{}", node, peer.reason.empty() ? "" : ": ", peer.reason),
        service.name(), "--force takes the risk of replacing what is newer there");
}

}  // namespace

bool has_current_data(const Service& service, const Observation& observation) {
    const Status avail = service.summarize(observation).avail;
    return avail == Status::up || avail == Status::warn || avail == Status::not_applicable;
}

std::vector<Step> sync_guards(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node) {
    std::vector<Step> steps;
    const auto is_in = [&](const std::vector<std::string>& nodes) { return std::ranges::find(nodes, node.nodename) != nodes.end(); };
    std::optional<Error> refusal;
    if (is_in(service.drpnodes()) && !is_in(service.nodes()))
        refusal = refused(fmt::format("{} is a drpnode, and nothing is replicated from one", node.nodename),
                          service.defaults().place_of("nodes").to_string(), "replicate from the node that runs the service");
    steps.push_back(guard("check site", "a drpnode only receives", refusal));

    refusal.reset();
    if (service.env() == "PRD" && node.host_mode != "PRD")
        refusal = refused(fmt::format("a PRD service is not replicated from a {} node", node.host_mode),
                          service.defaults().place_of("env").to_string(), "replicate from a PRD node, or set host_mode to PRD");
    steps.push_back(guard("check host mode", fmt::format("env {} on a {} node", service.env(), node.host_mode), refusal));

    refusal.reset();
    const Status avail = service.summarize(observation).avail;
    if (avail == Status::undef && !request.force)
        refusal = refused("it can't be known whether it is up here", service.name(),
                          fmt::format("svcmgr -s {} print status says why; --force takes the risk", service.name()));
    steps.push_back(guard("check instance", fmt::format("it is {} here, and must be up here or nowhere", to_string(avail)), refusal));
    for (const auto& [peer, instance] : observation.peers)
        steps.push_back(
            guard("check peer " + peer, fmt::format("{} must not run it", peer), refusal_of_peer(service, peer, instance, request.force)));
    return steps;
}

}  // namespace svcmgr
