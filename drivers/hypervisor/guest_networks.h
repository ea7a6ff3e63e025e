#pragma once

#include <map>
#include <string>
#include <vector>

#include "drivers/clock.h"

namespace svcmgr {

struct Guest;

/// A network of a hypervisor, and a guest's place in it.
struct GuestNetwork {
    std::string name;
    std::string address;                    ///< of IPv4; empty: the network gives one out
    std::string address6;                   ///< of IPv6; likewise
    std::vector<std::string> aliases = {};  ///< names by which guests of the network find it

    /// What it is made from when it is missing.
    struct Creation {
        bool wanted = false;  ///< it has to be there already when it is not
        std::string driver;
        std::vector<std::string> subnets, gateways;
        std::map<std::string, std::string> options;
        bool internal = false;  ///< it leads nowhere else
    } creation = {};
};

/// What a look at a guest's place in a network returned.
struct ConnectionState {
    bool network_exists = false;
    bool connected = false;
    std::vector<std::string> addresses = {};    ///< that the guest has there
    std::vector<std::string> differences = {};  ///< what of the network is not as its section says
    std::string problem = {};                   ///< why nothing of it is known; empty when it is
};

/// Networks that a hypervisor makes, and connects guests to.
class GuestNetworks {
public:
    virtual ~GuestNetworks() = default;
    /// Never throws.
    virtual ConnectionState look(const Guest& guest, const GuestNetwork& network, Deadline deadline) = 0;
    /// Makes it. One that is there already is no error. Throws Error.
    virtual void make(const Guest& guest, const GuestNetwork& network, Deadline deadline) = 0;
    /// Connects a guest that exists, and gives it the address that it shall have when it has another one there. Throws Error.
    virtual void connect(const Guest& guest, const GuestNetwork& network, Deadline deadline) = 0;
};

}  // namespace svcmgr
