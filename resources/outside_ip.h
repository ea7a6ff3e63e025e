#pragma once

#include "resources/container.h"
#include "resources/resource.h"

namespace svcmgr {

/// What the node makes in a container's network, from outside: an address, a route. It lives in the container, and the node cleans up what
/// is left of it without it. Containers that share the network, and the node's launchers, come behind it.
class OutsideIp : public Resource {
public:
    /// `container` outlives this.
    OutsideIp(Rid rid, std::string type, Options options, const Container& container)
        : Resource(std::move(rid), Group::ip, std::move(type), std::move(options)), container_(container) {}

    const Resource* carrier() const override { return &container_; }
    bool made_from_outside() const override { return true; }
    bool serves(const Resource& other) const override;
    void announce(Looking& looking) const override { container_.announce(looking); }

protected:
    const Container& container() const { return container_; }
    /// The container's network namespace where it can be changed: one of its own. Throws Error.
    Path own_network_namespace(Doing& doing) const;

private:
    const Container& container_;
};

}  // namespace svcmgr
