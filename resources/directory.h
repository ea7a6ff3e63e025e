#pragma once

#include <string>

#include "resources/launch.h"
#include "resources/resource.h"

namespace svcmgr {

/// `fs#n` with type = directory: made by the start with its owner, group and permissions; the stop leaves it and what it holds (contract.md
/// 2.9). Up when it is there; an owner, group or permissions other than the section's are a warning, which a start mends.
class Directory : public Resource {
public:
    /// `place`: see fs_order.h.
    Directory(Rid rid, Options options, int place);

    std::string label() const override { return "dir " + path_; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;
    int place(Goal goal) const override { return goal == Goal::down ? -place_ : place_; }

private:
    Path path_;
    int place_;
};

}  // namespace svcmgr
