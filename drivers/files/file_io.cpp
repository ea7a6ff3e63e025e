#include "drivers/files/file_io.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "drivers/files/file_problem.h"

namespace svcmgr {

tl::expected<Descriptor, FileProblem> open_file(const Path& path, int flags, std::uint32_t mode) {
    while (true) {
        Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, mode));
        if (file) return file;
        if (errno != EINTR) return tl::unexpected(file_problem(errno));
    }
}

tl::expected<std::string, FileProblem> read_all(int descriptor, std::size_t limit, std::uint64_t size) {
    // Most files are a few hundred bytes long, and a node has thousands of them: no more memory is touched than they fill.
    std::array<char, 16384> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::string content;
    while (true) {
        const ssize_t count = ::read(descriptor, chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return tl::unexpected(file_problem(errno));
        content.append(chunk.data(), static_cast<std::size_t>(count));
        if (content.size() > limit) return tl::unexpected(larger_than(limit));
        if (count == 0 || content.size() == size) return content;
    }
}

tl::expected<std::string, FileProblem> read_at(int descriptor, std::uint64_t offset, std::size_t limit) {
    std::string content(limit, '\0');
    std::size_t filled = 0;
    while (filled < limit) {
        const ssize_t count = ::pread(descriptor, content.data() + filled, limit - filled, static_cast<off_t>(offset + filled));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return tl::unexpected(file_problem(errno));
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    content.resize(filled);
    return content;
}

int write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const ssize_t count = ::write(descriptor, content.data(), content.size());
        if (count < 0 && errno != EINTR) return errno;
        if (count > 0) content.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

}  // namespace svcmgr
