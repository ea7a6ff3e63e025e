#include "svcmgr/cluster/boot.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "resources/container.h"
#include "resources/scsi_reservation.h"

namespace svcmgr {

namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

bool has_standby(const Service& service) {
    return std::ranges::any_of(service.resources(), [](const auto& resource) { return resource->standby(); });
}

std::string why_not_started(const Service& service) {
    if (service.orchestrate() == "start") return fmt::format("{} is the placement leader", service.nodes().front());
    if (service.defaults().said("autostart_node") && !service.defaults().said("orchestrate")) return "autostart_node names other nodes";
    return "orchestrate = no";
}

}  // namespace

BootPart boot_part(const Service& service, const std::string& nodename) {
    using enum BootPart::Value;
    if (!has(service.nodes(), nodename) && !has(service.drpnodes(), nodename)) return {nothing, "this node is none of its nodes"};
    if (service.orchestrate() == "ha") return {nothing, "orchestrate = ha: a cluster engine starts it"};
    if (service.starts_at_boot(nodename))
        return {start, service.defaults().said("orchestrate") ? "orchestrate = start, and this node is the placement leader"
                                                              : "autostart_node names this node"};
    return {has_standby(service) ? standby : no_part, why_not_started(service)};
}

BootProspect boot_prospect(const Service& service, const Consideration& consideration) {
    using enum BootProspect::Value;
    const Observation& seen = consideration.observation;
    for (const auto& [node, peer] : seen.peers)
        if (peer.runs()) return {elsewhere, fmt::format("it runs on {}", node)};
    for (const auto& resource : service.resources()) {
        const auto found = seen.resources.find(resource->rid());
        if (found == seen.resources.end() || resource->carrier() != nullptr || resource->group() != Group::container) continue;
        if (found->second.status == Status::undef) return {not_yet, fmt::format("{}: {}", resource->rid().text(), found->second.detail)};
    }
    for (const auto& [node, peer] : seen.peers)
        if (peer.starting()) return {not_yet, fmt::format("{} is at it: {}", node, peer.acting)};
    const Step* refused = consideration.plan.refused();
    if (refused != nullptr && refused->refusal->code() == Error::Code::unreachable) return {not_yet, refused->refusal->message()};
    return {};
}

std::set<Rid> stale_reservations(const Service& service, const Observation& observation) {
    const auto status = [&](const Resource& resource) {
        const auto found = observation.resources.find(resource.rid());
        return found == observation.resources.end() ? Status::undef : found->second.status;
    };
    std::set<Rid> stale;
    for (const auto& resource : service.resources()) {
        const auto* reservation = dynamic_cast<const ScsiReservation*>(resource.get());
        if (reservation == nullptr || reservation->disabled()) continue;
        const Status user = reservation->container() != nullptr ? status(*reservation->container()) : status(reservation->owner());
        const bool unused = user == Status::down || user == Status::standby_down;
        if (unused && status(*reservation) != Status::undef &&
            !reservation->intend(Goal::down, observation.resources.at(reservation->rid())).verbs.empty())
            stale.insert(reservation->rid());
    }
    return stale;
}

}  // namespace svcmgr
