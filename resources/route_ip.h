#pragma once

#include <string>

#include "resources/outside_ip.h"

namespace svcmgr {

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

    std::string spec_;
};

}  // namespace svcmgr
