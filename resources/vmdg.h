#pragma once

#include "resources/container.h"
#include "resources/resource.h"

namespace svcmgr {

/// `vmdg`: the disks that the hypervisor passes through to a container (reference page; contract.md 7.1). Start and stop are reservation
/// handling, and before it the device files of the disks, where their technology needs them and a peer recorded them (contract.md 5.4); the
/// status is n/a.
class Vmdg : public Resource {
public:
    /// `container` outlives this.
    Vmdg(Rid rid, Options options, const Container& container);

    std::string label() const override { return "vmdg"; }
    const Container& container() const { return container_; }

    Devices devices_below(Looking& looking) const override { return container_.devices_below(looking); }
    void announce(Looking&) const override {}
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    const Container& container_;
};

}  // namespace svcmgr
