#include "drivers/files/real_files.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <functional>

#include "drivers/error.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    RealTime time;
    TemporaryDirectory directory;
    RealFiles files{time.signals};
    Path root = directory.path();
};

std::string error_of(const std::function<void()>& change) {
    try {
        change();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

/// Runs a check in a child that has a small file system of its own at `mount_point`; nothing when this user may not mount.
std::optional<int> in_small_file_system(const Path& mount_point, const std::function<bool()>& check) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("svcmgr-test", mount_point.c_str(), "tmpfs", 0, "size=64k") != 0)
            ::_exit(77);
        ::_exit(check() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        MESSAGE("skipped: only root can mount");
        return std::nullopt;
    }
    return status;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "files of the kernel, which have no size, are read to their end") {
    CHECK(files.facts("/proc/self/status")->size == 0);
    CHECK(files.read("/proc/self/status").value().find("Name:") == 0);
    CHECK(files.read("/proc/self/status", 10).error().reason == "larger than 10 bytes");
}

TEST_CASE_FIXTURE(Fixture, "a device is not opened, since opening is doing") {
    CHECK(files.read("/dev/zero").error().reason == "is a device, not a file");
    const auto facts = files.facts("/dev/zero").value();
    CHECK(facts.kind == FileFacts::Kind::character_device);
    CHECK(facts.device == (1 << 8 | 5));
}

TEST_CASE_FIXTURE(Fixture, "a log that leads to /dev/null is written, one that leads to a full disk says so") {
    files.append("/dev/null", "x", 0600);
    CHECK(error_of([&] { files.append("/dev/full", "x", 0600); }) ==
          "/dev/full: can't be written: no space left on the device (make room on its file system (df /dev))");
}

TEST_CASE_FIXTURE(Fixture, "the owner of a file stays when it is replaced, with its special bits") {
    const auto path = root + "/file";
    files.replace(path, "old", 0644);
    if (::chown(path.c_str(), 1234, 2345) != 0) {
        MESSAGE("skipped: only root can give files away");
        return;
    }
    REQUIRE(::chmod(path.c_str(), 04750) == 0);
    files.replace(path, "new", 0600);
    const auto facts = files.facts(path).value();
    CHECK(facts.owner == 1234);
    CHECK(facts.group == 2345);
    CHECK(facts.mode == 04750);
    CHECK(files.read(path).value() == "new");
}

TEST_CASE_FIXTURE(Fixture, "a write that fails in its middle leaves the old content and no temporary file") {
    files.replace(root + "/file", "old", 0644);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{10, before.rlim_max};
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto error = error_of([&] { files.replace(root + "/file", std::string(100, 'x'), 0644); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, SIG_DFL);
    CHECK(error == root + "/file: can't be written: File too large");
    CHECK(files.read(root + "/file").value() == "old");
    CHECK(files.list(root).value() == std::vector<std::string>{"file"});
}

TEST_CASE_FIXTURE(Fixture, "readers see the old or the new content and never a part") {
    const std::string one(100000, '1');
    const std::string two(100001, '2');
    files.replace(root + "/file", one, 0644);
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (int i = 0; i < 100; ++i) files.replace(root + "/file", i % 2 == 0 ? two : one, 0644);
        done = true;
    });
    bool whole = true;
    while (!done) {
        const auto content = files.read(root + "/file");
        whole = whole && content && (*content == one || *content == two);
    }
    writer.join();
    CHECK(whole);
}

TEST_CASE_FIXTURE(Fixture, "lines that are appended side by side do not mix") {
    std::vector<std::thread> threads;
    for (const char letter : {'a', 'b', 'c', 'd'})
        threads.emplace_back([&, letter] {
            for (int i = 0; i < 50; ++i) files.append(root + "/log", std::string(99, letter) + "\n", 0644);
        });
    for (auto& thread : threads) thread.join();
    const auto log = files.read(root + "/log").value();
    CHECK(log.size() == 4 * 50 * 100);
    bool mixed = false;
    for (std::size_t line = 0; line < log.size(); line += 100) mixed = mixed || log.substr(line, 100) != std::string(99, log[line]) + "\n";
    CHECK_FALSE(mixed);
}

TEST_CASE_FIXTURE(Fixture, "a full disk is said in plain words, and keeps what was there") {
    const auto status = in_small_file_system(root, [&] {
        files.replace(root + "/file", "old", 0644);
        const auto free = files.free_bytes(root).value();
        const auto error = error_of([&] { files.replace(root + "/file", std::string(100000, 'x'), 0644); });
        return free > 0 && free < 65536 && error.find("can't be written: no space left on the device (make room") != std::string::npos &&
               files.read(root + "/file").value() == "old" && files.free_bytes(root).value() == free;
    });
    if (status) CHECK(*status == 0);
}

TEST_CASE_FIXTURE(Fixture, "a disk that is full to the last byte does not keep us from locking what exists") {
    const auto status = in_small_file_system(root, [&] {
        files.replace(root + "/lock", "", 0600);
        error_of([&] { files.append(root + "/filler", std::string(100000, 'x'), 0644); });
        const auto lock = files.lock(root + "/lock", "me", patience(time.clock));
        const auto second = files.lock(root + "/lock", "you", Deadline::in(time.clock, 0s));
        return files.free_bytes(root).value() == 0 && lock && !second && second.error().holder.empty();
    });
    if (status) CHECK(*status == 0);
}

TEST_CASE_FIXTURE(Fixture, "on a read-only disk there is no room, and writing says why") {
    const auto status = in_small_file_system(root, [&] {
        files.replace(root + "/file", "old", 0644);
        if (::mount("none", root.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return false;
        const auto read_only = [&](const std::function<void()>& change) {
            return error_of(change).find("the file system is read-only (mount its file system read-write)") != std::string::npos;
        };
        return files.free_bytes(root).value() == 0 && files.read(root + "/file").value() == "old" &&
               read_only([&] { files.replace(root + "/file", "new", 0644); }) &&
               read_only([&] { files.append(root + "/file", "new", 0644); }) &&
               read_only([&] { files.make_directories(root + "/directory", 0755); }) && read_only([&] { files.remove(root + "/file"); }) &&
               read_only([&] { files.lock(root + "/lock", "me", patience(time.clock)).value(); });
    });
    if (status) CHECK(*status == 0);
}

TEST_CASE_FIXTURE(Fixture, "the lock of a killed process is free: there are no stale locks") {
    const auto path = root + "/lock";
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = files.lock(path, "the child", Deadline::in(time.clock, 10s));
        (void)!::write(ends[1], lock ? "y" : "n", 1);
        ::pause();
        ::_exit(0);
    }
    char answer = 0;
    REQUIRE(::read(ends[0], &answer, 1) == 1);
    CHECK(answer == 'y');
    CHECK(files.lock_holder(path) == "the child");
    CHECK_FALSE(files.lock(path, "me", Deadline::in(time.clock, 0s)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK_FALSE(files.lock_holder(path));
    const auto mine = files.lock(path, "me", Deadline::in(time.clock, 0s));
    CHECK(mine);
    CHECK(files.lock_holder(path) == "me");
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE_FIXTURE(Fixture, "a holder's text has a bound, as everything that is read") {
    const auto lock = files.lock(root + "/lock", std::string(10000, 'x'), patience(time.clock));
    REQUIRE(lock);
    CHECK(files.lock_holder(root + "/lock") == std::string(4096, 'x'));
}

TEST_CASE_FIXTURE(Fixture, "files do not keep descriptors") {
    const auto before = files.list("/proc/self/fd")->size();
    for (int i = 0; i < 10; ++i) {
        files.replace(root + "/file", "x", 0644);
        files.append(root + "/file", "x", 0644);
        (void)files.read(root + "/file");
        (void)files.list(root);
        (void)files.lock(root + "/lock", "me", patience(time.clock));
        (void)files.lock_holder(root + "/lock");
        error_of([&] { files.replace(root, "x", 0644); });
    }
    CHECK(files.list("/proc/self/fd")->size() == before);
}

TEST_CASE_FIXTURE(Fixture, "a lock does not pass to programs that a library starts") {
    const auto inherited = [&] {
        int count = 0;
        const auto names = files.list("/proc/self/fd").value();
        for (const auto& name : names) {
            const int flags = ::fcntl(std::stoi(name), F_GETFD);
            if (flags >= 0 && (flags & FD_CLOEXEC) == 0) ++count;
        }
        return count;
    };
    const int before = inherited();
    const auto lock = files.lock(root + "/lock", "me", patience(time.clock));
    REQUIRE(lock);
    CHECK(inherited() == before);
}

TEST_CASE_FIXTURE(Fixture, "sqlite opens a database by its path") {
    CHECK(files.database_name("/var/lib/x.db") == "/var/lib/x.db");
}
