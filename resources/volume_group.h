#pragma once

#include <string>
#include <vector>

#include "resources/resource.h"

namespace svcmgr {

/// A logical volume and whether it is active here, from what `lvs` prints.
struct LogicalVolume {
    std::string group;
    std::string name;
    bool active = false;
};

/// The lines of `lvs --noheadings --separator ; -o vg_name,lv_name,lv_active`; others are left out.
std::vector<LogicalVolume> parse_lvs(std::string_view text);

/// `disk#n` with type = vg: a volume group of LVM, whose volumes are active while the service is up (contract.md 2.8). Up when all its
/// volumes are active, a warning that names the others when only some are. One `vgs` and one `lvs` serve all groups of a service.
class VolumeGroup : public Resource {
public:
    VolumeGroup(Rid rid, Options options);

    std::string label() const override { return name_; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;
    /// Its physical volumes.
    Devices devices_below(Looking& looking) const override;
    int place(Goal) const override { return 30; }

private:
    void start(Doing& doing) const;
    void stop(Doing& doing) const;

    std::string name_;
};

}  // namespace svcmgr
