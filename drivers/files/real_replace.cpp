#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>

#include "drivers/files/file_io.h"
#include "drivers/files/file_problem.h"
#include "drivers/files/real_files.h"

namespace svcmgr {

namespace {

constexpr auto cant_write = "can't be written";

/// Where a chain of links ends; the last one need not exist.
Path end_of_links(const Path& path) {
    Path current = path;
    for (int links = 0; links < 40; ++links) {
        char target[PATH_MAX];
        const ssize_t length = ::readlink(current.c_str(), target, sizeof target);
        if (length < 0) return current;
        const Path next(target, static_cast<std::size_t>(length));
        current = next.starts_with('/') ? next : parent_directory(current) + "/" + next;
    }
    throw file_error(path, cant_write, file_problem(ELOOP));
}

/// A file that is gone with the object unless it was put in its place.
class TemporaryFile {
public:
    explicit TemporaryFile(const Path& directory) {
        std::uint64_t number = 0;
        if (::getrandom(&number, sizeof number, 0) != sizeof number)
            throw file_error(directory, cant_write, file_problem("no random numbers"));
        path_ = fmt::format("{}/.svcmgr.{:016x}.tmp", directory, number);
        auto file = open_file(path_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
        if (!file) throw file_error(directory, "no file can be made in this directory", file.error());
        file_ = std::move(*file);
    }
    ~TemporaryFile() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    int descriptor() const { return file_.get(); }
    /// 0 or an errno.
    int move_to(const Path& target) {
        if (::rename(path_.c_str(), target.c_str()) != 0) return errno;
        path_.clear();
        return 0;
    }

private:
    Path path_;
    Descriptor file_;
};

/// 0 or an errno. Owner before mode: changing the owner takes setuid bits away.
int take_over_rights(int descriptor, const struct stat& existing) {
    if (existing.st_uid != ::geteuid() || existing.st_gid != ::getegid())
        if (::fchown(descriptor, existing.st_uid, existing.st_gid) != 0) return errno;
    return ::fchmod(descriptor, existing.st_mode & 07777) == 0 ? 0 : errno;
}

void flush_directory(const Path& directory) {
    const auto opened = open_file(directory, O_RDONLY | O_DIRECTORY);
    // EINVAL: a file system that can't flush a directory has nothing to flush.
    if (!opened) throw file_error(directory, "can't be flushed to disk", opened.error());
    if (::fsync(opened->get()) != 0 && errno != EINVAL) throw file_error(directory, "can't be flushed to disk", file_problem(errno));
}

}  // namespace

void RealFiles::replace(const Path& path, std::string_view content, std::uint32_t mode) {
    const Path target = end_of_links(path);
    struct stat existing {};
    const bool exists = ::lstat(target.c_str(), &existing) == 0;
    if (!exists && errno != ENOENT) throw file_error(path, cant_write, file_problem(errno));
    if (exists && !S_ISREG(existing.st_mode))
        throw file_error(path, cant_write, S_ISDIR(existing.st_mode) ? file_problem(EISDIR) : file_problem("is not a regular file"));

    const auto check = [&](int problem) {
        if (problem != 0) throw file_error(path, cant_write, file_problem(problem));
    };
    const Path directory = parent_directory(target);
    TemporaryFile temporary(directory);
    check(write_all(temporary.descriptor(), content));
    if (exists)
        check(take_over_rights(temporary.descriptor(), existing));
    else
        check(::fchmod(temporary.descriptor(), mode) == 0 ? 0 : errno);
    check(::fsync(temporary.descriptor()) == 0 ? 0 : errno);
    check(temporary.move_to(target));
    flush_directory(directory);
}

}  // namespace svcmgr
