#pragma once

#include <map>
#include <memory>

#include "drivers/files/files.h"
#include "drivers/signals.h"

namespace svcmgr {

struct MemoryTree;

/// A complete Files in memory, for the simulation and for tests. Behaves as RealFiles does for root: the same contract tests run against
/// both. Relative paths begin at "/". What is different: permission bits are kept and not obeyed (see `fail`), files belong to user 0 and
/// group 0.
///
/// Several processes of one simulated node share what one MemoryFiles holds: each has its own, made by `seen_by`. Locks exclude each other
/// between all of them, and a process that dies lets go of its locks by destroying them. Usable from several threads at once.
class MemoryFiles : public Files {
public:
    /// `clock` and `signals` are the process's: times of files, waiting for locks. They outlive the object.
    MemoryFiles(Clock& clock, const Signals& signals);
    /// The same files, for another process.
    MemoryFiles seen_by(Clock& clock, const Signals& signals) const;

    tl::expected<std::string, FileProblem> read(const Path& path, std::size_t limit = default_read_limit) const override;
    tl::expected<std::string, FileProblem> read_part(const Path& path, std::uint64_t offset, std::size_t limit) const override;
    tl::expected<std::vector<std::string>, FileProblem> list(const Path& directory) const override;
    tl::expected<FileFacts, FileProblem> facts(const Path& path) const override;
    tl::expected<FileFacts, FileProblem> link_facts(const Path& path) const override;
    tl::expected<Path, FileProblem> real_path(const Path& path) const override;
    tl::expected<Path, FileProblem> read_link(const Path& path) const override;
    tl::expected<std::uint64_t, FileProblem> free_bytes(const Path& path) const override;
    void replace(const Path& path, std::string_view content, std::uint32_t mode) override;
    void append(const Path& path, std::string_view content, std::uint32_t mode) override;
    void make_directories(const Path& path, std::uint32_t mode) override;
    void rename(const Path& from, const Path& to) override;
    void remove(const Path& path) override;
    tl::expected<std::unique_ptr<FileLock>, LockHeld> lock(const Path& path, std::string_view holder, Deadline deadline) override;
    std::optional<std::string> lock_holder(const Path& path) const override;
    /// A memory database of sqlite's (an URI: it must be opened with SQLITE_OPEN_URI), the same for all processes that share these files.
    /// It lives as long as a connection to it is open.
    std::string database_name(const Path& path) const override;

    // What happens behind svcmgr's back. These make the directories that are missing, replace what is there, and ignore faults.

    void put(const Path& path, std::string_view content, std::uint32_t mode = 0644);
    void put_directory(const Path& path);
    void put_link(const Path& path, const Path& target);
    /// `kind`: block_device, character_device or other (a named pipe).
    void put_special(const Path& path, FileFacts::Kind kind, std::uint64_t device = 0);
    void set_owner(const Path& path, std::uint32_t owner, std::uint32_t group);
    /// Removes a file or a directory with all that it holds: /run at a reboot.
    void remove_tree(const Path& path);
    /// All regular files below a directory and their content.
    std::map<Path, std::string> contents(const Path& directory = "/") const;

    enum class FaultOn { look, change, everything };
    /// From now on these operations on `below`, and on everything below it, fail with this errno: EIO, EACCES, EROFS, ENOSPC …
    /// Paths are taken as they are given, before links are followed.
    void fail(const Path& below, FaultOn operations, int errno_value);
    void clear_faults();
    /// The size of the disk: what exceeds it fails with ENOSPC. A replaced file needs room beside the old one.
    void set_capacity(std::uint64_t bytes);

private:
    MemoryFiles(std::shared_ptr<MemoryTree> tree, Clock& clock, const Signals& signals);

    std::shared_ptr<MemoryTree> tree_;
    Clock& clock_;
    const Signals& signals_;
};

}  // namespace svcmgr
