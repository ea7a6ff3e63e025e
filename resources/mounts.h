#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/files/files.h"

namespace svcmgr {

/// One line of /proc/self/mountinfo (proc(5)), with its escapes undone.
struct Mount {
    std::string device;                ///< "8:1"; "0:45" for one without a block device
    Path root;                         ///< what of the file system is mounted: "/", or a directory of it
    Path point;                        ///< where
    std::vector<std::string> options;  ///< of the mount and of the file system, "rw", "noatime" …
    std::string type;                  ///< "ext4"
    std::string source;                ///< what was given to mount: "/dev/sda1", "nfs1:/export"

    bool read_only() const;
    /// Whether the file system waits for another machine or process, and may do so for ever.
    bool may_hang() const;
};

/// What is mounted where. Read from a table of the kernel, so that no file system is asked anything: one that hangs does not hang this.
class Mounts {
public:
    /// Lines that can't be understood are left out.
    static Mounts parse(std::string_view mountinfo);
    static Mounts read(const Files& files);

    /// Why nothing is known; empty when it is.
    const std::string& problem() const { return problem_; }
    const std::vector<Mount>& all() const { return mounts_; }
    /// What is mounted at a place; of several the last one, which hides the others.
    const Mount* at(const Path& point) const;
    /// The mount through which a path is reached, without following links.
    const Mount* holding(const Path& path) const;
    /// What is mounted below a place, deepest first.
    std::vector<const Mount*> below(const Path& point) const;
    /// Where a device ("8:1") is mounted.
    std::vector<const Mount*> of_device(std::string_view device) const;

private:
    std::vector<Mount> mounts_;
    std::string problem_;
};

/// "\040" is a blank: the kernel and exportfs write blanks, tabs, line ends and backslashes as three octal digits.
std::string unescape_octal(std::string_view text);
/// Without doubled and trailing slashes, "." and "..": as the kernel writes a mount point, links aside.
Path plain_path(std::string_view path);
/// Whether `path` is `directory` or lies in it. Both are plain.
bool lies_in(std::string_view path, std::string_view directory);
/// How many directories lead to it: 0 for "/".
int depth_of(std::string_view path);

}  // namespace svcmgr
