#include "tests/unit/journal/test_world.h"

#include <fmt/format.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace svcmgr {

namespace {

constexpr const char* not_allowed = "\x01mounts are not allowed here";

void check(int result, const std::string& what) {
    if (result != 0) throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

std::string read_to_end(int descriptor) {
    std::string text;
    char bytes[4096];
    for (ssize_t count; (count = ::read(descriptor, bytes, sizeof bytes)) > 0;) text.append(bytes, static_cast<std::size_t>(count));
    return text;
}

}  // namespace

TestDirectory::TestDirectory() {
    char name[] = "/tmp/svcmgr-journal-XXXXXX";
    if (::mkdtemp(name) == nullptr) throw std::runtime_error("no directory in /tmp");
    path_ = name;
}

TestDirectory::~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string in_child(const std::function<void(const Complain&)>& work) {
    return in_children(1, [&](int, const Complain& complain) { work(complain); });
}

std::string in_children(int count, const std::function<void(int, const Complain&)>& work) {
    int ends[2];
    check(::pipe(ends), "pipe");
    std::vector<pid_t> children;
    for (int number = 0; number < count; ++number) {
        const pid_t child = ::fork();
        check(child < 0 ? -1 : 0, "fork");
        if (child != 0) {
            children.push_back(child);
            continue;
        }
        ::close(ends[0]);
        const Complain complain = [&](const std::string& text) { (void)!::write(ends[1], (text + "\n").data(), text.size() + 1); };
        try {
            work(number, complain);
        } catch (const std::exception& problem) {
            complain(std::string("exception: ") + problem.what());
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text = read_to_end(ends[0]);
    ::close(ends[0]);
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        if (!WIFEXITED(status)) text += fmt::format("ended by signal {}\n", WTERMSIG(status));
    }
    return text;
}

std::optional<std::string> in_child_with_mounts(const std::function<void(const Complain&)>& work) {
    const std::string complaints = in_child([&](const Complain& complain) {
        const bool root = ::geteuid() == 0;
        if (::unshare(root ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0 ||
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            return complain(not_allowed);
        work(complain);
    });
    if (complaints.starts_with(not_allowed)) return std::nullopt;
    return complaints;
}

void mount_memory_disk(const Path& path, int kib) {
    check(::mount("none", path.c_str(), "tmpfs", 0, fmt::format("size={}k", kib).c_str()), "mount a tmpfs at " + path);
}

void make_read_only(const Path& path) {
    check(::mount("none", path.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), "remount " + path);
}

void remount_writable(const Path& path) {
    check(::mount("none", path.c_str(), nullptr, MS_REMOUNT, nullptr), "remount " + path);
}

void unmount(const Path& path) {
    check(::umount2(path.c_str(), MNT_DETACH), "unmount " + path);
}

}  // namespace svcmgr
