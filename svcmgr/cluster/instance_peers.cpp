// What an instance asks its peers before it acts.

#include <algorithm>

#include "drivers/signals.h"
#include "resources/scsi_reservation.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/peer_answers.h"

namespace svcmgr {

std::map<std::string, PeerInstance> Instance::ask_peers_for_start(const Selection& selection, const Observation& observation,
                                                                  PeerAnswers& peers) const {
    const bool starts = std::ranges::any_of(service_.resources(), [&](const auto& resource) {
        const auto seen = observation.resources.find(resource->rid());
        return selection.contains(*resource) && seen != observation.resources.end() && resource->carrier() == nullptr &&
               resource->type() != ScsiReservation::resource_type && !resource->standby() && !resource->disabled() &&
               seen->second.status == Status::down;
    });
    const bool member = service_.peers_of("").size() > service_.peers_of(node_.name()).size();
    return starts && member ? peers.of(service_.peers_of(node_.name())) : std::map<std::string, PeerInstance>{};
}

std::map<std::string, PeerInstance> Instance::ask_peers() const {
    return PeerAnswers(world_, node_, service_.name()).of(service_.peers_of(node_.name()));
}

bool Instance::goes_before_us(const std::string& peer) const {
    const std::vector<std::string> order = service_.peers_of("");
    return std::ranges::find(order, peer) < std::ranges::find(order, node_.name());
}

void Instance::let_peers_settle(Observation& observation) const {
    constexpr Duration interval = std::chrono::milliseconds(500);
    constexpr Duration window = std::chrono::seconds(30);
    const auto starting = [](const auto& peer) { return peer.second.starting() && !peer.second.runs(); };
    const auto wins = [&](const auto& peer) { return starting(peer) && goes_before_us(peer.first); };
    const Deadline deadline = Deadline::in(world_.clock, window);
    while (std::ranges::any_of(observation.peers, starting) && std::ranges::none_of(observation.peers, wins) &&
           !deadline.passed(world_.clock) && world_.signals.pending() == 0) {
        world_.clock.sleep_until(world_.clock.now() + interval);
        observation.peers = ask_peers();
    }
}

}  // namespace svcmgr
