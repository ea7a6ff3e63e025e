#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/files/files.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/network/cni/places.h"
#include "drivers/options.h"
#include "drivers/secrets.h"
#include "resources/resource.h"
#include "resources/scsi_reservation.h"

namespace svcmgr {

/// What making a service's resources needs to know beside its sections.
struct ServicePart {
    std::string service;
    std::string id;                 ///< the service's, whatever its name; empty when its env file says none
    Path logs;                      ///< directory where launchers' outputs are kept
    std::string ssh_user = "root";  ///< for commands in guests (node.conf, section `ssh`)
    int ssh_port = 22;
    Path configuration;  ///< directory of the env file; launchers of the node are in SERVICE.d there
    Path state;          ///< directory of what is remembered on this node
    ReservationPart reservation;
    cni::Places cni;
    bool at_drp_site = false;  ///< the node is one of `drpnode`, `drpnodes`
    /// Makes the resource of a section [sync#n], or says why nothing here can act on it. What replicates knows of nodes, and resources do
    /// not.
    std::function<tl::expected<std::unique_ptr<Resource>, std::string>(const Options& section)> make_sync = {};
    bool disabled = false;  ///< `disable` of DEFAULT: resources that no section names are, too
    Secrets secrets = {};   ///< which no reason for an unsupported section tells
    /// Makes of each guest the one that is meant: a copy, for a rehearsal. Null: the guest itself.
    std::function<Guest(Guest)> change_guest = {};
};

/// Makes the resources of evaluated sections: containers first, then what is bound to them. A section that can't become one becomes
/// an Unsupported with the reason. A service with a guest gets an `app` when it names none.
std::vector<std::unique_ptr<Resource>> make_resources(const std::vector<Options>& sections, const ServicePart& part);

}  // namespace svcmgr
