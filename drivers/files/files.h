#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/clock.h"

namespace svcmgr {

using Path = std::string;

/// Why a file could not be read.
struct FileProblem {
    int errno_value = 0;  ///< 0 when the reason is not an errno: too large, not a regular file
    std::string reason;   ///< "no such file", "permission denied", "larger than 1 MiB" …

    bool absent() const;  ///< the file, or a directory of its path, does not exist
};

struct FileFacts {
    enum class Kind { file, directory, link, block_device, character_device, other } kind = Kind::other;
    std::uint64_t size = 0;  ///< bytes
    std::uint32_t mode = 0;  ///< permission bits (07777)
    std::uint32_t owner = 0;
    std::uint32_t group = 0;
    WallTime modified;
    std::uint64_t device = 0;  ///< of a device file: its number
    /// Tells this file from another one that gets its name: the same for as long as the file exists, and then given away again.
    std::uint64_t identity = 0;
};

struct FileContent {
    FileFacts facts;
    std::string text;
};

/// A lock that lives as long as the object, and not longer than the process.
class FileLock {
public:
    virtual ~FileLock() = default;
};

/// What stopped us from getting a lock.
struct LockHeld {
    std::string holder;  ///< what the holder wrote into the lock file
};

/// How much of a file is read at most unless the caller says otherwise.
inline constexpr std::size_t default_read_limit = 1 << 20;

/// Files and directories. Functions that look return values; functions that change throw Error (code `failed`, with the path in `where`).
class Files {
public:
    virtual ~Files() = default;

    virtual tl::expected<std::string, FileProblem> read(const Path& path, std::size_t limit = default_read_limit) const = 0;
    /// The same with the facts of the very file that was read, in fewer system calls: for thousands of small files. What is no file is
    /// opened before that is seen: only for directories whose names are root's.
    virtual tl::expected<FileContent, FileProblem> read_with_facts(const Path& path, std::size_t limit = default_read_limit) const;
    /// At most `limit` bytes from byte `offset` on; fewer at the end, none behind it.
    virtual tl::expected<std::string, FileProblem> read_part(const Path& path, std::uint64_t offset, std::size_t limit) const = 0;
    /// Names in a directory, sorted, without "." and "..".
    virtual tl::expected<std::vector<std::string>, FileProblem> list(const Path& directory) const = 0;
    /// Facts of what a path leads to (links followed), or of the link itself.
    virtual tl::expected<FileFacts, FileProblem> facts(const Path& path) const = 0;
    virtual tl::expected<FileFacts, FileProblem> link_facts(const Path& path) const = 0;
    virtual tl::expected<Path, FileProblem> real_path(const Path& path) const = 0;
    /// What a link says, without going there: a link to a file system that hangs does not hang.
    virtual tl::expected<Path, FileProblem> read_link(const Path& path) const = 0;
    /// Bytes that this process may still write into the file system of `path`.
    virtual tl::expected<std::uint64_t, FileProblem> free_bytes(const Path& path) const = 0;

    /// Replaces the file as a whole: after a crash it has the old or the new content, never a part. Keeps owner and mode of a
    /// file that exists; `mode` is for a new one.
    virtual void replace(const Path& path, std::string_view content, std::uint32_t mode) = 0;
    /// Adds to the end, in one write; creates the file with `mode`.
    virtual void append(const Path& path, std::string_view content, std::uint32_t mode) = 0;
    /// Like `mkdir -p`; `mode` is for those that it makes.
    virtual void make_directories(const Path& path, std::uint32_t mode) = 0;
    /// Gives a file another name in the same file system; a file that had that name is gone.
    virtual void rename(const Path& from, const Path& to) = 0;
    /// Removes a file; one that does not exist is no error.
    virtual void remove(const Path& path) = 0;

    /// Takes the lock file at `path` (created when missing), writes `holder` into it, and keeps it until the returned object goes.
    /// Waits until `deadline` for another holder to let go. The kernel drops the lock of a process that dies: no stale locks.
    virtual tl::expected<std::unique_ptr<FileLock>, LockHeld> lock(const Path& path, std::string_view holder, Deadline deadline) = 0;
    /// What the holder of the lock wrote, when somebody holds it now.
    virtual std::optional<std::string> lock_holder(const Path& path) const = 0;

    /// The name under which sqlite opens the database `path` (the path itself; a memory database in the simulation).
    virtual std::string database_name(const Path& path) const = 0;
};

}  // namespace svcmgr
