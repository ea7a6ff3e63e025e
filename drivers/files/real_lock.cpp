#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "drivers/files/file_io.h"
#include "drivers/files/file_problem.h"
#include "drivers/files/real_files.h"
#include "drivers/waiting.h"

namespace svcmgr {

namespace {

constexpr auto cant_lock = "can't be locked";
constexpr std::size_t holder_limit = 4096;

struct flock whole_file() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

class RealFileLock : public FileLock {
public:
    explicit RealFileLock(Descriptor file) : file_(std::move(file)) {}
    ~RealFileLock() override {
        // Nobody is to read our text in the moment between the next holder's lock and its own text. The lock goes with the descriptor.
        (void)!::ftruncate(file_.get(), 0);
    }

private:
    Descriptor file_;
};

/// Whether the path still leads to the file that we have locked. Another one there may be locked by somebody else.
bool still_there(const Path& path, int descriptor) {
    struct stat here {};
    struct stat mine {};
    return ::lstat(path.c_str(), &here) == 0 && ::fstat(descriptor, &mine) == 0 && here.st_dev == mine.st_dev && here.st_ino == mine.st_ino;
}

/// The locked file, or nothing while another holds it.
Descriptor try_lock(const Path& path) {
    auto file = open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    if (!file && file.error().errno_value == ELOOP) throw file_error(path, cant_lock, file_problem("is a symbolic link, not a file"));
    if (!file) throw file_error(path, cant_lock, file.error());
    struct stat status {};
    if (::fstat(file->get(), &status) != 0) throw file_error(path, cant_lock, file_problem(errno));
    if (!S_ISREG(status.st_mode)) throw file_error(path, cant_lock, file_problem("is not a regular file"));
    auto lock = whole_file();
    if (::fcntl(file->get(), F_OFD_SETLK, &lock) != 0) {
        if (errno == EAGAIN || errno == EACCES) return {};
        throw file_error(path, cant_lock, file_problem(errno));
    }
    return still_there(path, file->get()) ? std::move(*file) : Descriptor();
}

void write_holder(int descriptor, std::string_view holder) {
    if (::ftruncate(descriptor, 0) == 0) (void)write_all(descriptor, holder.substr(0, holder_limit));
}

}  // namespace

tl::expected<std::unique_ptr<FileLock>, LockHeld> RealFiles::lock(const Path& path, std::string_view holder, Deadline deadline) {
    make_directories(parent_directory(path), 0700);
    constexpr Duration longest_pause = std::chrono::milliseconds(100);
    Duration pause = std::chrono::milliseconds(2);
    while (true) {
        if (auto file = try_lock(path)) {
            write_holder(file.get(), holder);
            return std::make_unique<RealFileLock>(std::move(file));
        }
        const auto now = boot_time();
        if (now >= deadline.at()) return tl::unexpected(LockHeld{lock_holder(path).value_or("")});
        pollfd signal{signals_.descriptor(), POLLIN, 0};
        poll_until({&signal, 1}, std::min(deadline.at(), now + pause));
        if (const int number = signals_.pending())
            throw Error(Error::Code::interrupted, fmt::format("stopped by signal {} while waiting for the lock", number), path);
        pause = std::min(pause * 2, longest_pause);
    }
}

std::optional<std::string> RealFiles::lock_holder(const Path& path) const {
    const auto file = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (!file) return std::nullopt;
    auto lock = whole_file();
    if (::fcntl(file->get(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
    return read_all(file->get(), holder_limit).value_or("");
}

}  // namespace svcmgr
