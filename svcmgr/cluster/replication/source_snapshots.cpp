#include "svcmgr/cluster/replication/source_snapshots.h"

#include <fmt/format.h>

#include "drivers/error.h"
#include "drivers/files/files.h"
#include "drivers/process/processes.h"

namespace svcmgr {

Path SourceSnapshots::place_of(const Mount& mount) const {
    return fmt::format("{}/{}", mount.point == "/" ? "" : mount.point, name_);
}

void SourceSnapshots::btrfs(const std::vector<std::string>& words, Deadline deadline) {
    Argv argv{"btrfs", "subvolume"};
    argv.insert(argv.end(), words.begin(), words.end());
    const CommandResult result = world_.processes.run(argv, deadline);
    if (result.ok()) return;
    throw Error(Error::Code::failed, fmt::format("btrfs subvolume {}: {}", words.front(), result.describe()), words.back(),
                "is btrfs-progs installed, and is this the mount point of a subvolume?");
}

std::vector<std::string> SourceSnapshots::take(const std::vector<std::string>& sources, Deadline deadline) {
    const Mounts mounts = Mounts::read(world_.files);
    std::map<Path, Path> places;  // mount point -> its snapshot
    std::vector<std::string> inside;
    for (const std::string& source : sources) {
        const Path path = plain_path(source);
        const Mount* mount = mounts.holding(path);
        if (mount == nullptr || mount->type != "btrfs")
            throw Error(
                Error::Code::refused,
                fmt::format("{} is on {}, of which no snapshot is taken", source, mount == nullptr ? "nothing that is known" : mount->type),
                source, "put it on btrfs, or leave `snap` out");
        if (path == mount->point && !source.ends_with('/'))
            throw Error(Error::Code::refused, fmt::format("{} is a mount point, and its snapshot has another name", source), source,
                        fmt::format("replicate what is in it: {}/", source));
        const Path place = places.emplace(mount->point, place_of(*mount)).first->second;
        inside.push_back(place + source.substr(mount->point == "/" ? 0 : mount->point.size()));
    }
    for (const auto& [point, place] : places) {
        taken_.insert(place);
        if (world_.files.link_facts(place)) btrfs({"delete", place}, deadline);
        btrfs({"snapshot", "-r", point, place}, deadline);
    }
    return inside;
}

void SourceSnapshots::remove(Deadline deadline) {
    for (const Path& place : taken_)
        if (world_.files.link_facts(place)) btrfs({"delete", place}, deadline);
    taken_.clear();
}

}  // namespace svcmgr
