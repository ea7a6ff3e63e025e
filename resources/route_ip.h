#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resources/outside_ip.h"

namespace svcmgr {

/// What tells a route from the others of a network, of all that `ip route add` is told of it.
struct RouteIdentity {
    std::vector<std::string> selector;  ///< for `ip route show`: destination, type, via, dev, table, metric
    std::vector<std::string> gateways;  ///< of its nexthops, which can't be asked for
    bool is_six = false;                ///< IPv6
};
RouteIdentity identity_of_route(std::string_view spec);

/// `ip#n` with `type = route`: a route in a container's network, as `ip route` wants it. Up when the network has it.
class RouteIp : public OutsideIp {
public:
    /// `container` outlives this.
    RouteIp(Rid rid, Options options, const Container& container);

    std::string label() const override { return spec_; }
    /// Behind the addresses, which it may need.
    int place(Goal goal) const override { return goal == Goal::down ? 0 : 1; }

    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    /// `ip route VERB SPEC` in the container's network.
    Argv command(const Path& network_namespace, const std::string& verb) const;
    /// The same for a look at it.
    Argv show_command(const Path& network_namespace) const;
    bool is_shown(const CommandResult& shown) const;

    std::string spec_;
    RouteIdentity identity_;
};

}  // namespace svcmgr
