#pragma once

#include <set>
#include <string>

#include "resources/rid.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What of a service a boot of the node brings up (contract.md 4.9), and why.
struct BootPart {
    enum class Value {
        start,    ///< the instance
        standby,  ///< what stays up while the service is stopped
        no_part,  ///< nothing; what it left in the disks is given up all the same
        nothing,  ///< the service is none of this node's, or not for svcmgr to touch
    } value = Value::nothing;
    std::string reason;
};

BootPart boot_part(const Service& service, const std::string& nodename);

/// What a look says of a start after a boot.
struct BootProspect {
    enum class Value {
        ready,      ///< it can be tried
        not_yet,    ///< what it needs may come: a hypervisor or a peer that does not answer, a peer that is bringing it up
        elsewhere,  ///< a peer runs it: nothing is to be started here
    } value = Value::ready;
    std::string reason;  ///< of all but `ready`
};

BootProspect boot_prospect(const Service& service, const Consideration& consideration);

/// The reservations to give up before anything is started: the node crashed, its registrations stayed in the disks, and what used them is
/// seen down here. A peer that is to start the service would be refused by them.
std::set<Rid> stale_reservations(const Service& service, const Observation& observation);

}  // namespace svcmgr
