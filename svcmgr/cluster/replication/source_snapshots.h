#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "drivers/world.h"
#include "resources/mounts.h"

namespace svcmgr {

/// The sources of a replication as they were at one moment: read-only snapshots of the btrfs subvolumes that hold them, each beside what it
/// is of, under a name that is the same every time. So what a replication that was killed has left is removed by the next one.
class SourceSnapshots {
public:
    /// `name`: of the service and the resource.
    SourceSnapshots(World world, const std::string& name) : world_(world), name_(".svcmgr-" + name) {}

    /// Takes them; returns the sources as they are in there, with what a '/' at their end means. Throws Error: `refused` for a source that
    /// no snapshot can be taken of, and nothing was taken then; `failed` otherwise, and `remove` takes away what was.
    std::vector<std::string> take(const std::vector<std::string>& sources, Deadline deadline);
    /// Throws Error `failed`. What is not there is no error.
    void remove(Deadline deadline);

private:
    Path place_of(const Mount& mount) const;
    void btrfs(const std::vector<std::string>& words, Deadline deadline);

    World world_;
    std::string name_;
    std::set<Path> taken_;
};

}  // namespace svcmgr
