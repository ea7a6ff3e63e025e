#include "svcmgr/action/peer_guard.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "resources/scsi_reservation.h"

namespace svcmgr {

namespace {

using Answer = PeerInstance::Answer;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

/// Whether the peer was not even reached; the others were, and did not tell.
bool out_of_reach(const PeerInstance& instance) {
    switch (instance.answer) {
        case Answer::unresolved:
        case Answer::unreachable:
        case Answer::refused:
        case Answer::silent:
        case Answer::key_unknown:
        case Answer::key_changed:
        case Answer::not_authorised: return true;
        case Answer::given:
        case Answer::without_svcmgr:
        case Answer::other_version:
        case Answer::unreadable:
        case Answer::without_service: return false;
    }
    return false;
}

std::string why_unknown(const PeerInstance& instance) {
    if (instance.answer == Answer::given) return fmt::format("it can't say whether it does ({})", fmt::join(instance.unknown, ", "));
    return instance.reason;
}

}  // namespace

bool may_be_off(Answer answer) {
    return answer == Answer::unresolved || answer == Answer::unreachable || answer == Answer::refused || answer == Answer::silent;
}

std::string remedy(const std::string& peer, const PeerInstance& instance) {
    switch (instance.answer) {
        case Answer::given: return fmt::format("make the hypervisor of {} answer", peer);
        case Answer::unresolved: return fmt::format("add {} to /etc/hosts or to the name service", peer);
        case Answer::unreachable: return fmt::format("bring {} back, or make sure that it is off", peer);
        case Answer::refused: return fmt::format("start sshd on {}, or make sure that nothing of the service runs there", peer);
        case Answer::silent: return fmt::format("see what keeps {} from answering, or make sure that it is off", peer);
        case Answer::key_unknown: return fmt::format("record its key: svcmgr node trust {}", peer);
        case Answer::key_changed:
            return fmt::format("find out why its key is another one; if it was installed anew: svcmgr node trust {}", peer);
        case Answer::not_authorised: return fmt::format("let {} accept svcmgr's key", peer);
        case Answer::without_svcmgr:
        case Answer::other_version: return fmt::format("install the same svcmgr on {}", peer);
        case Answer::unreadable: return fmt::format("install the same svcmgr on {}, and let its shells print nothing", peer);
        case Answer::without_service: return fmt::format("copy the env file to {}, or take it out of `nodes`", peer);
    }
    return {};
}

PeerVerdict judge_peer(const Service& service, const Request& request, const Observation& observation, const std::string& nodename,
                       const std::string& peer) {
    const PeerInstance& instance = observation.peers.at(peer);
    PeerVerdict verdict{fmt::format("{} must not run it", peer), {}, {}};
    if (peer == request.takes_over_from && instance.answer == Answer::given) {
        verdict.reason = fmt::format("{} stops it first", peer);
        return verdict;
    }
    const bool production = contains(service.nodes(), peer);
    const bool same_site = production == contains(service.nodes(), nodename);
    if (instance.runs()) {
        verdict.refusal =
            Error(Error::Code::refused, fmt::format("it runs on {} ({})", peer, fmt::join(instance.running, ", ")), service.name(),
                  same_site ? fmt::format("svcmgr -s {} takeover moves it here", service.name())
                            : fmt::format("stop it there first: svcmgr -s {} stop --node {}", service.name(), peer));
        return verdict;
    }
    if (instance.starting()) {
        verdict.refusal = Error(Error::Code::refused, fmt::format("{} is at it: {}", peer, instance.acting), service.name(),
                                fmt::format("see what became of it: svcmgr -s {} print status", service.name()));
        return verdict;
    }
    if (instance.surely_not()) return verdict;

    const std::string why = why_unknown(instance);
    verdict.reason += "; that is not known: " + why;
    const bool from_other_site = production && !same_site;
    if (same_site && request.fenced.contains(peer) && may_be_off(instance.answer)) {
        verdict.reason += "; it has been fenced (--fenced)";
    } else if (!production && !same_site) {
        verdict.reason += "; a drpnode does not keep it from starting";
    } else if (disks_arbitrate(service, request, observation)) {
        verdict.reason += "; its disks arbitrate";
    } else if (request.force && (!from_other_site || !request.reason.empty())) {
        verdict.risk = taken_risk(fmt::format("whether {} runs it is not known: {}. If it does, both write to the same disks", peer, why),
                                  request.reason);
    } else {
        verdict.refusal = Error(out_of_reach(instance) ? Error::Code::unreachable : Error::Code::refused,
                                fmt::format("whether {} runs it is not known: {}", peer, why), service.name(),
                                fmt::format("{}; {} starts it all the same", remedy(peer, instance),
                                            from_other_site ? "on this site --force with --reason" : "--force"));
    }
    return verdict;
}

bool disks_arbitrate(const Service& service, const Request& request, const Observation& observation) {
    const auto wanted = [&](const Resource& resource) {
        return (!request.groups || request.groups->contains(resource.group())) && (!request.rids || request.rids->contains(resource.rid()));
    };
    const auto seen = [&](const Resource& resource) {
        const auto found = observation.resources.find(resource.rid());
        return found == observation.resources.end() ? nullptr : &found->second;
    };
    std::vector<const ScsiReservation*> arbiters;
    for (const auto& resource : service.resources()) {
        const auto* reservation = dynamic_cast<const ScsiReservation*>(resource.get());
        const ResourceObservation* state = seen(*resource);
        if (reservation == nullptr || state == nullptr || reservation->disabled() || reservation->optional()) continue;
        // One that would be refused, or take the disks from their holder, decides, too. What can't be reserved at all is a conflict with
        // nobody.
        const bool decides = state->status != Status::not_applicable && (!state->conflict || !state->takes_from.empty());
        if (decides && (state->status == Status::up || wanted(*reservation))) arbiters.push_back(reservation);
    }
    const auto covered = [&](const Resource& container) {
        return std::ranges::any_of(arbiters, [&](const ScsiReservation* one) { return one->container() == &container; });
    };
    return !arbiters.empty() && std::ranges::all_of(service.resources(), [&](const auto& resource) {
        if (resource->group() != Group::container || resource->standby() || resource->disabled() || !wanted(*resource)) return true;
        const ResourceObservation* state = seen(*resource);
        return (state != nullptr && state->status == Status::up) || covered(*resource);
    });
}

}  // namespace svcmgr
