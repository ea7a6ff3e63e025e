#include "drivers/files/real_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "drivers/files/file_io.h"
#include "drivers/files/file_problem.h"

namespace svcmgr {

namespace {

FileFacts facts_of(const struct stat& status) {
    FileFacts facts;
    switch (status.st_mode & S_IFMT) {
        case S_IFREG: facts.kind = FileFacts::Kind::file; break;
        case S_IFDIR: facts.kind = FileFacts::Kind::directory; break;
        case S_IFLNK: facts.kind = FileFacts::Kind::link; break;
        case S_IFBLK: facts.kind = FileFacts::Kind::block_device; break;
        case S_IFCHR: facts.kind = FileFacts::Kind::character_device; break;
        default: facts.kind = FileFacts::Kind::other;
    }
    facts.size = static_cast<std::uint64_t>(status.st_size);
    facts.mode = status.st_mode & 07777;
    facts.owner = status.st_uid;
    facts.group = status.st_gid;
    facts.modified = WallTime(std::chrono::floor<std::chrono::microseconds>(std::chrono::seconds(status.st_mtim.tv_sec) +
                                                                            std::chrono::nanoseconds(status.st_mtim.tv_nsec)));
    facts.device = status.st_rdev;
    facts.identity = status.st_ino;
    return facts;
}

std::optional<FileProblem> not_readable(const struct stat& status) {
    switch (status.st_mode & S_IFMT) {
        case S_IFREG: return std::nullopt;
        case S_IFDIR: return file_problem(EISDIR);
        case S_IFIFO: return file_problem("is a named pipe, not a file");
        case S_IFSOCK: return file_problem("is a socket, not a file");
        default: return file_problem("is a device, not a file");
    }
}

}  // namespace

tl::expected<std::string, FileProblem> RealFiles::read(const Path& path, std::size_t limit) const {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return tl::unexpected(file_problem(errno));
    if (const auto problem = not_readable(status)) return tl::unexpected(*problem);
    const auto file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file) return tl::unexpected(file.error());
    return read_all(file->get(), limit);
}

tl::expected<FileContent, FileProblem> RealFiles::read_with_facts(const Path& path, std::size_t limit) const {
    struct stat status {};
    const auto file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file) {
        if (::stat(path.c_str(), &status) == 0)
            if (const auto problem = not_readable(status)) return tl::unexpected(*problem);  // a socket can't be opened
        return tl::unexpected(file.error());
    }
    if (::fstat(file->get(), &status) != 0) return tl::unexpected(file_problem(errno));
    if (const auto problem = not_readable(status)) return tl::unexpected(*problem);
    auto text = read_all(file->get(), limit, static_cast<std::uint64_t>(status.st_size));
    if (!text) return tl::unexpected(text.error());
    return FileContent{facts_of(status), std::move(*text)};
}

tl::expected<std::string, FileProblem> RealFiles::read_part(const Path& path, std::uint64_t offset, std::size_t limit) const {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return tl::unexpected(file_problem(errno));
    if (const auto problem = not_readable(status)) return tl::unexpected(*problem);
    const auto file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file) return tl::unexpected(file.error());
    return read_at(file->get(), offset, limit);
}

tl::expected<std::vector<std::string>, FileProblem> RealFiles::list(const Path& directory) const {
    DIR* stream = ::opendir(directory.c_str());
    if (stream == nullptr) return tl::unexpected(file_problem(errno));
    const std::unique_ptr<DIR, int (*)(DIR*)> closer(stream, ::closedir);
    std::vector<std::string> names;
    while (true) {
        errno = 0;
        const dirent* entry = ::readdir(stream);
        if (entry == nullptr) break;
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return tl::unexpected(file_problem(errno));
    std::sort(names.begin(), names.end());
    return names;
}

tl::expected<FileFacts, FileProblem> RealFiles::facts(const Path& path) const {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return tl::unexpected(file_problem(errno));
    return facts_of(status);
}

tl::expected<FileFacts, FileProblem> RealFiles::link_facts(const Path& path) const {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return tl::unexpected(file_problem(errno));
    return facts_of(status);
}

tl::expected<Path, FileProblem> RealFiles::real_path(const Path& path) const {
    const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), ::free);
    if (!resolved) return tl::unexpected(file_problem(errno));
    return Path(resolved.get());
}

tl::expected<Path, FileProblem> RealFiles::read_link(const Path& path) const {
    std::array<char, std::size_t{2} * PATH_MAX> text;  // what /proc says of a deleted file is longer than a path may be
    const ssize_t length = ::readlink(path.c_str(), text.data(), text.size());
    if (length < 0) return tl::unexpected(file_problem(errno));
    return Path(text.data(), static_cast<std::size_t>(length));
}

tl::expected<std::uint64_t, FileProblem> RealFiles::free_bytes(const Path& path) const {
    struct statvfs facts {};
    while (::statvfs(path.c_str(), &facts) != 0)
        if (errno != EINTR) return tl::unexpected(file_problem(errno));
    if ((facts.f_flag & ST_RDONLY) != 0) return 0;
    return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

void RealFiles::append(const Path& path, std::string_view content, std::uint32_t mode) {
    const char* const what = "can't be written";
    constexpr int flags = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY;
    auto file = open_file(path, flags);
    if (!file && file.error().errno_value == ENOENT) {
        file = open_file(path, flags | O_CREAT | O_EXCL, mode);
        if (file)
            ::fchmod(file->get(), mode);
        else if (file.error().errno_value == EEXIST)
            file = open_file(path, flags | O_CREAT, mode);  // somebody else made it meanwhile, or it is a link that leads nowhere yet
    }
    if (!file) throw file_error(path, what, file.error());

    struct stat status {};
    if (::fstat(file->get(), &status) != 0) throw file_error(path, what, file_problem(errno));
    if (!S_ISCHR(status.st_mode))
        if (const auto problem = not_readable(status)) throw file_error(path, what, *problem);
    // A second write happens only when the first was cut short, and then says why.
    if (const int problem = write_all(file->get(), content)) throw file_error(path, what, file_problem(problem));
}

void RealFiles::make_directories(const Path& path, std::uint32_t mode) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return;
    if (const Path parent = parent_directory(path); parent != path && parent != ".") make_directories(parent, mode);
    if (::mkdir(path.c_str(), mode) == 0) {
        if (::chmod(path.c_str(), mode) != 0) throw file_error(path, "can't set the mode of this directory", file_problem(errno));
        return;
    }
    const int problem = errno;
    if (problem == EEXIST && ::stat(path.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) return;
        throw file_error(path, "can't make this directory", file_problem("there is a file of that name"));
    }
    throw file_error(path, "can't make this directory", file_problem(problem));
}

void RealFiles::rename(const Path& from, const Path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) throw file_error(from, "can't be renamed", file_problem(errno));
}

void RealFiles::remove(const Path& path) {
    if (::unlink(path.c_str()) == 0) return;
    const auto problem = file_problem(errno);
    if (!problem.absent()) throw file_error(path, "can't be removed", problem);
}

}  // namespace svcmgr
