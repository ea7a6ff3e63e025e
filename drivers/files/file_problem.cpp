#include "drivers/files/file_problem.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace svcmgr {

bool FileProblem::absent() const {
    return errno_value == ENOENT || errno_value == ENOTDIR;
}

std::string errno_reason(int errno_value) {
    switch (errno_value) {
        case ENOENT: return "no such file";
        case ENOTDIR: return "there is a file where a directory should be";
        case EACCES: return "permission denied";
        case EPERM: return "not permitted";
        case EISDIR: return "is a directory";
        case ENOSPC: return "no space left on the device";
        case EDQUOT: return "disk quota used up";
        case EROFS: return "the file system is read-only";
        case EIO: return "the device reports an input/output error";
        case ELOOP: return "too many symbolic links";
        case ENAMETOOLONG: return "the name is too long";
        case EMFILE: return "this process has too many files open";
        case ENFILE: return "the system has too many files open";
        case ENOMEM: return "not enough memory";
        case ETXTBSY: return "the program is being written";
        case ENOEXEC: return "not a program";
        case E2BIG: return "too many arguments";
        case EAGAIN: return "too many processes, or the resource is busy";
        default: {
            const char* text = strerrordesc_np(errno_value);
            return text == nullptr ? fmt::format("error {}", errno_value) : text;
        }
    }
}

FileProblem file_problem(int errno_value) {
    return {errno_value, errno_reason(errno_value)};
}

FileProblem file_problem(std::string reason) {
    return {0, std::move(reason)};
}

FileProblem larger_than(std::size_t limit) {
    constexpr std::size_t kib = 1024;
    if (limit >= kib * kib && limit % (kib * kib) == 0) return file_problem(fmt::format("larger than {} MiB", limit / (kib * kib)));
    if (limit >= kib && limit % kib == 0) return file_problem(fmt::format("larger than {} KiB", limit / kib));
    return file_problem(fmt::format("larger than {} bytes", limit));
}

Error file_error(const Path& path, const std::string& what, const FileProblem& problem) {
    std::string hint;
    if (problem.errno_value == ENOSPC || problem.errno_value == EDQUOT)
        hint = "make room on its file system (df " + parent_directory(path) + ")";
    if (problem.errno_value == EROFS) hint = "mount its file system read-write";
    if (problem.errno_value == EACCES || problem.errno_value == EPERM) hint = "run it as a user who may, usually root";
    return Error(Error::Code::failed, what + ": " + problem.reason, path, hint);
}

Path parent_directory(const Path& path) {
    const auto end = path.find_last_not_of('/');
    if (end == Path::npos) return path.empty() ? "." : "/";
    const auto slash = path.rfind('/', end);
    if (slash == Path::npos) return ".";
    const auto last = path.find_last_not_of('/', slash);
    return last == Path::npos ? "/" : path.substr(0, last + 1);
}

}  // namespace svcmgr
