#pragma once

#include <string>
#include <vector>

#include "drivers/clock.h"
#include "drivers/world.h"

namespace svcmgr {

/// A network on this node that leads nowhere: a bridge without an address and without an adapter of the node, for guests, and beside it a
/// network namespace from which they are reached (Network::enter). Their addresses may be those of production: neither this node's own
/// network nor any other machine sees them. One for each service; its names are made of the service's.
class Isolation {
public:
    Isolation(World world, const std::string& service);

    const std::string& bridge() const { return bridge_; }
    const std::string& network() const { return network_; }

    /// Makes it anew, with a way to each of these addresses of guests. Throws Error `failed`.
    void make(const std::vector<std::string>& guests, Deadline deadline) const;
    /// Removes what there is of it. Throws Error `failed`.
    void remove(Deadline deadline) const;

private:
    void ip(const std::vector<std::string>& words, Deadline deadline) const;
    bool has_adapter(const std::string& name) const;

    World world_;
    std::string bridge_;
    std::string outside_;  ///< the end of the way into the namespace that is on the bridge
    std::string network_;
};

/// An address from which `guest` is asked, so that it answers without a router: in every network that has the guest's address and two
/// others. None of `taken`. Empty when `guest` is no address.
std::string neighbour_of(const std::string& guest, const std::vector<std::string>& taken);

}  // namespace svcmgr
