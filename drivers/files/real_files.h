#pragma once

#include "drivers/files/files.h"
#include "drivers/real_signals.h"

namespace svcmgr {

/// The file systems of this machine. Usable from several threads at once.
///
/// `read` opens regular files only: a directory, a pipe or a device is a problem with its reason, never a wait or a side effect (to open
/// /dev/watchdog is to start it). `append` writes to regular files and to character devices (a log file linked to /dev/null).
///
/// `replace` writes a temporary file beside the file, flushes it, renames it, and flushes the directory. A symbolic link is followed: the
/// file that it leads to is replaced and the link stays. Owner, group and mode of an existing file are kept; access control lists are not.
/// Modes are exact: the umask does not apply. A process that is killed in the middle leaves a hidden file `.svcmgr.*.tmp` behind.
///
/// `lock` takes an open file description lock (`F_OFD_SETLK`), which belongs to the returned object and not to the process: two threads
/// exclude each other too. The kernel has no such lock with a time limit, so that a held lock is asked for again at growing intervals of at
/// most 100 ms. A directory that is missing is made with mode 0700; links are not followed. A pending signal ends the wait with Error
/// `interrupted`. A holder's text that can't be written (a full disk) does not cost the lock: the holder is then "".
class RealFiles : public Files {
public:
    /// `signals` outlives the files.
    explicit RealFiles(const RealSignals& signals) : signals_(signals) {}

    tl::expected<std::string, FileProblem> read(const Path& path, std::size_t limit = default_read_limit) const override;
    tl::expected<FileContent, FileProblem> read_with_facts(const Path& path, std::size_t limit = default_read_limit) const override;
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

    std::string database_name(const Path& path) const override { return path; }

private:
    const RealSignals& signals_;
};

}  // namespace svcmgr
