#pragma once

#include <string>
#include <vector>

#include "resources/resource.h"

namespace svcmgr {

/// `disk#n` with type = raw: devices that are handed on as they are (contract.md 2.8). The start sets their owner, group and permissions
/// where the section says some; there is nothing to stop. Devices that are there as they should be are n/a: a device is not up.
class RawDisks : public Resource {
public:
    RawDisks(Rid rid, Options options);

    std::string label() const override;
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;
    Devices devices_below(Looking&) const override { return {options().list("devs"), {}, {}}; }
    int place(Goal) const override { return 20; }
};

}  // namespace svcmgr
