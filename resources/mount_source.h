#pragma once

#include <functional>
#include <string>

#include "drivers/process/processes.h"
#include "drivers/world.h"
#include "resources/mounts.h"

namespace svcmgr {

/// What `dev` of an fs section names, and how to tell in the mount table whether that is what is mounted.
///
/// A device is told by its number (or, where the file system has an anonymous one, by its real path), a file by the loop device that shows
/// it, a bind by the file system and the directory of it, a remote file system by what it was mounted from, anything else by its type.
class MountSource {
public:
    enum class Kind { device, file, bind, remote, other };
    /// Runs a program that only looks.
    using Ask = std::function<CommandResult(const Argv& argv)>;

    /// Looks at what is named. `dev` may be LABEL=, UUID=, PARTLABEL= or PARTUUID=. Never throws.
    static MountSource find(World& world, const Mounts& mounts, const std::string& type, const std::string& dev, const std::string& options,
                            Deadline deadline, const Ask& ask);

    Kind kind() const { return kind_; }
    /// Why it can't be mounted now: it does not exist, nothing has that label. Empty when it can.
    const std::string& problem() const { return problem_; }
    /// What is given to mount: the device that a label stands for, else what the section says.
    const std::string& path() const { return path_; }
    /// The number of a device, "8:1".
    const std::string& device() const { return device_; }
    bool is_mounted_as(const Files& files, const Mount& mount) const;

private:
    void find_tag(const std::string& tag, World& world, const Ask& ask);
    void find_device_or_file(World& world, const Mounts& mounts, Deadline deadline);
    void find_bind(const Mounts& mounts);

    Kind kind_ = Kind::other;
    std::string type_;
    std::string path_;
    std::string device_;
    Path real_;  ///< of a file: without links, as its loop device shows it
    Path root_;  ///< of a bind: the directory within its file system
    std::string problem_;
};

/// Whether a comma separated list of mount options has one.
bool has_mount_option(std::string_view options, std::string_view option);
/// "8:1", as the mount table writes the number of a device.
std::string device_number(std::uint64_t device);

}  // namespace svcmgr
