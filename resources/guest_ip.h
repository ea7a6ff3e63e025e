#pragma once

#include <string>

#include "resources/container.h"
#include "resources/resource.h"

namespace svcmgr {

/// `ip#n` of a guest: only checked, the guest's own system plumbs it. Up when `ipname` answers ping *and* a command run in the guest shows
/// the address on the adapter `ipdev` (reference page; contract.md 6.1). One of the two is a warning that says which failed.
class GuestIp : public Resource {
public:
    /// `container` outlives this.
    GuestIp(Rid rid, Options options, const Container& container);

    std::string label() const override { return name_ + "@" + adapter_; }
    const Resource* carrier() const override { return &container_; }

    void announce(Looking& looking) const override { container_.announce(looking); }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    struct Check {
        bool ok = false;
        std::string problem;
    };
    Check check_ping(Looking& looking) const;
    Check check_adapter(Looking& looking) const;
    /// The container is down: the address must not answer.
    void look_elsewhere(Looking& looking, ResourceObservation& seen) const;

    const Container& container_;
    std::string name_;
    std::string adapter_;
};

}  // namespace svcmgr
