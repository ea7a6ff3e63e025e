#pragma once

#include <optional>
#include <string>

#include "drivers/error.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What a peer's answer means for a start on this node (design.md 6, promise 1).
struct PeerVerdict {
    std::string reason;            ///< what is looked at, and what was seen
    std::optional<Error> refusal;  ///< `refused`: it runs there, or the peer can't tell; `unreachable`: nobody could be asked
    std::string risk;              ///< what --force takes on; empty when there is none
};

/// A peer that runs it, or is at it, refuses a start whatever the risk that somebody wants to take. One of which that is not known refuses,
/// too, unless the disks arbitrate, or --force takes the risk; a node of the other site asks for a --reason besides. A drpnode of which it
/// is not known keeps no production node from starting: its site would have to be up for this one to work (contract.md 4.3, 10.4).
PeerVerdict judge_peer(const Service& service, const Request& request, const Observation& observation, const std::string& nodename,
                       const std::string& peer);

/// Whether a peer that answers so may be a node that is off, or that boots. What has another key or lets nobody in is a machine that is up.
bool may_be_off(PeerInstance::Answer answer);

/// What to do about a peer that does not say what runs there.
std::string remedy(const std::string& peer, const PeerInstance& instance);

/// Whether reservations decide who runs it: the disks of each guest that a start is about to start, or the service's when it has no guest,
/// are held already, or the same start reserves them or is refused.
bool disks_arbitrate(const Service& service, const Request& request, const Observation& observation);

}  // namespace svcmgr
