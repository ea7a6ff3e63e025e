// What both Files promise: the same cases run against the real file systems and against memory.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <future>

#include "drivers/error.h"
#include "drivers/files/memory_files.h"
#include "drivers/files/real_files.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

using Kind = FileFacts::Kind;

struct Real {
    RealTime time;
    TemporaryDirectory directory;
    RealFiles files{time.signals};
    RealFiles other_process{time.signals};
    Path root = directory.path();

    void link(const Path& path, const Path& target) { std::filesystem::create_symlink(target, path); }
    void pipe(const Path& path) { ::mkfifo(path.c_str(), 0600); }
};

struct Memory {
    RealTime time;
    MemoryFiles files{time.clock, time.signals};
    MemoryFiles other_process = files.seen_by(time.clock, time.signals);
    Path root = "/work";

    Memory() { files.put_directory(root); }
    void link(const Path& path, const Path& target) { files.put_link(path, target); }
    void pipe(const Path& path) { files.put_special(path, Kind::other); }
};

/// The error that a change ends with, as "message"; "" when it succeeds.
template <typename Change>
std::string error_of(const Change& change, Error::Code code = Error::Code::failed) {
    try {
        change();
    } catch (const Error& error) {
        CHECK(error.code() == code);
        CHECK_FALSE(error.where().empty());
        return error.message();
    }
    return "";
}

using Names = std::vector<std::string>;

}  // namespace

TYPE_TO_STRING(Real);
TYPE_TO_STRING(Memory);
#define BOTH Real, Memory

TEST_CASE_TEMPLATE("a file that is not there is absent; one that can't be read is not", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    files.replace(setup.root + "/file", "x", 0644);
    for (const auto* path : {"/nothing", "/nothing/below", "/file/below", "/file/"}) {
        const auto content = files.read(setup.root + path);
        REQUIRE_FALSE(content);
        CHECK(content.error().absent());
        CHECK_FALSE(files.facts(setup.root + path));
    }
    CHECK(files.read(setup.root + "/nothing").error().reason == "no such file");
    CHECK(files.read("").error().absent());

    const auto directory = files.read(setup.root);
    CHECK_FALSE(directory.error().absent());
    CHECK(directory.error().reason == "is a directory");
    CHECK(files.read(setup.root + "/" + std::string(300, 'x')).error().reason == "the name is too long");
}

TEST_CASE_TEMPLATE("a named pipe is refused rather than waited for", Setup, BOTH) {
    Setup setup;
    setup.pipe(setup.root + "/pipe");
    CHECK(setup.files.read(setup.root + "/pipe").error().reason == "is a named pipe, not a file");
    CHECK(setup.files.facts(setup.root + "/pipe")->kind == Kind::other);
    CHECK(error_of([&] { setup.files.replace(setup.root + "/pipe", "x", 0600); }) == "can't be written: is not a regular file");
    CHECK_FALSE(error_of([&] { setup.files.append(setup.root + "/pipe", "x", 0600); }).empty());
    CHECK_FALSE(error_of([&] { setup.files.lock(setup.root + "/pipe", "me", patience(setup.time.clock)).value(); }).empty());
}

TEST_CASE_TEMPLATE("a file is read up to the limit and not beyond", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    const std::string content(100000, 'x');
    files.replace(setup.root + "/file", content, 0644);
    CHECK(files.read(setup.root + "/file").value() == content);
    CHECK(files.read(setup.root + "/file", 100000).value() == content);
    const auto problem = files.read(setup.root + "/file", 99999).error();
    CHECK(problem.reason == "larger than 99999 bytes");
    CHECK(problem.errno_value == 0);
    CHECK_FALSE(problem.absent());

    files.replace(setup.root + "/file", std::string(default_read_limit, 'x'), 0644);
    CHECK(files.read(setup.root + "/file").value().size() == default_read_limit);
    files.append(setup.root + "/file", "x", 0644);
    CHECK(files.read(setup.root + "/file").error().reason == "larger than 1 MiB");
    CHECK(files.read(setup.root + "/file", 2048).error().reason == "larger than 2 KiB");
}

TEST_CASE_TEMPLATE("a file is read with its facts, by the same rules", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    const Path file = setup.root + "/file";
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16384}, std::size_t{100000}}) {
        files.replace(file, std::string(size, 'x'), 0640);
        const auto content = files.read_with_facts(file);
        REQUIRE(content);
        CHECK(content->text == std::string(size, 'x'));
        CHECK(content->facts.size == size);
        CHECK(content->facts.mode == 0640);
        CHECK(content->facts.identity == files.facts(file)->identity);
    }
    CHECK(files.read_with_facts(file, 100000).value().text.size() == 100000);
    CHECK(files.read_with_facts(file, 99999).error().reason == "larger than 99999 bytes");
    CHECK(files.read_with_facts(setup.root + "/nothing").error().absent());
    CHECK(files.read_with_facts(setup.root).error().reason == "is a directory");
    setup.pipe(setup.root + "/pipe");
    CHECK(files.read_with_facts(setup.root + "/pipe").error().reason == "is a named pipe, not a file");
}

// If this fails, what the kernel makes while it is read looks empty, or cut off.
TEST_CASE("a file of the kernel does not know its size beforehand") {
    Real setup;
    const auto status = setup.files.read_with_facts("/proc/self/status");
    REQUIRE(status);
    CHECK(status->facts.size == 0);
    CHECK(status->text.find("nonvoluntary_ctxt_switches") != std::string::npos);
    CHECK(setup.files.read_with_facts("/sys/class/net/lo/mtu").value().text == setup.files.read("/sys/class/net/lo/mtu").value());
}

// If this fails, `logs -f` shows lines twice or not at all.
TEST_CASE_TEMPLATE("a part of a file is read, as far as there is one", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    const Path file = setup.root + "/file";
    files.replace(file, "0123456789", 0644);
    CHECK(files.read_part(file, 0, 4).value() == "0123");
    CHECK(files.read_part(file, 4, 100).value() == "456789");
    CHECK(files.read_part(file, 10, 5).value() == "");
    CHECK(files.read_part(file, 1'000'000, 5).value() == "");
    CHECK(files.read_part(file, 3, 0).value() == "");
    CHECK(files.read_part(setup.root + "/nothing", 0, 5).error().absent());
    CHECK(files.read_part(setup.root, 0, 5).error().reason == "is a directory");
    setup.pipe(setup.root + "/pipe");
    CHECK(files.read_part(setup.root + "/pipe", 0, 5).error().reason == "is a named pipe, not a file");
}

// If this fails, the rotation of a log loses lines, or who follows it does not notice.
TEST_CASE_TEMPLATE("a file that is renamed stays the same file, and another one can have its name", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    const Path file = setup.root + "/file", old = setup.root + "/file.1";
    files.append(file, "first", 0640);
    files.append(old, "oldest", 0600);
    const std::uint64_t identity = files.facts(file)->identity;
    CHECK(files.facts(old)->identity != identity);
    files.append(file, " and more", 0640);
    CHECK(files.facts(file)->identity == identity);

    files.rename(file, old);
    CHECK_FALSE(files.facts(file));
    CHECK(files.read(old).value() == "first and more");
    CHECK(files.facts(old)->identity == identity);
    CHECK(files.facts(old)->mode == 0640);
    files.append(file, "second", 0640);
    CHECK(files.facts(file)->identity != identity);

    files.rename(file, file);
    CHECK(files.read(file).value() == "second");
    CHECK(error_of([&] { files.rename(setup.root + "/nothing", file); }) == "can't be renamed: no such file");
    files.make_directories(setup.root + "/directory", 0755);
    CHECK_FALSE(error_of([&] { files.rename(file, setup.root + "/directory"); }).empty());
    CHECK_FALSE(error_of([&] { files.rename(file, setup.root + "/nowhere/file"); }).empty());
    CHECK(files.read(file).value() == "second");
}

TEST_CASE_TEMPLATE("any byte can be written and read", Setup, BOTH) {
    Setup setup;
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    setup.files.replace(setup.root + "/file", bytes, 0600);
    setup.files.append(setup.root + "/file", bytes, 0600);
    CHECK(setup.files.read(setup.root + "/file").value() == bytes + bytes);
    setup.files.replace(setup.root + "/file", "", 0600);
    CHECK(setup.files.read(setup.root + "/file").value().empty());
}

TEST_CASE_TEMPLATE("a directory is listed in order, also what is hidden", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    CHECK(files.list(setup.root).value().empty());
    for (const auto* name : {"b", "a", "Z", ".hidden"}) files.replace(setup.root + "/" + name, "", 0644);
    CHECK(files.list(setup.root).value() == Names{".hidden", "Z", "a", "b"});
    CHECK(files.list(setup.root + "/nothing").error().absent());
    CHECK(files.list(setup.root + "/a").error().reason == "there is a file where a directory should be");
}

TEST_CASE_TEMPLATE("facts tell what a path leads to, and what it is itself", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    const auto before = std::chrono::floor<std::chrono::seconds>(setup.time.clock.wall());
    files.replace(setup.root + "/file", "12345", 0640);
    setup.link(setup.root + "/link", "file");
    const auto facts = files.facts(setup.root + "/link").value();
    CHECK(facts.kind == Kind::file);
    CHECK(facts.size == 5);
    CHECK(facts.mode == 0640);
    CHECK(facts.modified >= before);
    CHECK(facts.modified <= setup.time.clock.wall());
    CHECK(files.link_facts(setup.root + "/link")->kind == Kind::link);
    CHECK(files.link_facts(setup.root + "/link")->size == 4);
    CHECK(files.link_facts(setup.root + "/file")->kind == Kind::file);
    CHECK(files.facts(setup.root)->kind == Kind::directory);
    setup.link(setup.root + "/dangling", "nothing");
    CHECK(files.facts(setup.root + "/dangling").error().absent());
    CHECK(files.link_facts(setup.root + "/dangling")->kind == Kind::link);
    CHECK(files.link_facts(setup.root + "/nothing").error().absent());
}

TEST_CASE_TEMPLATE("links are followed to the end, and in circles not for ever", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    files.make_directories(setup.root + "/real/deep", 0755);
    files.replace(setup.root + "/real/file", "x", 0644);
    setup.link(setup.root + "/absolute", setup.root + "/real");
    setup.link(setup.root + "/real/deep/relative", "../file");
    CHECK(files.real_path(setup.root + "/absolute/deep/../deep/relative").value() == setup.root + "/real/file");
    CHECK(files.real_path(setup.root + "//real/./file").value() == setup.root + "/real/file");
    CHECK(files.read(setup.root + "/absolute/deep/relative").value() == "x");
    CHECK(files.real_path("/..").value() == "/");
    CHECK(files.real_path(setup.root + "/real/nothing").error().absent());
    CHECK(files.read_link(setup.root + "/real/deep/relative").value() == "../file");
    CHECK(files.read_link(setup.root + "/real/file").error().errno_value == EINVAL);
    CHECK(files.read_link(setup.root + "/real/nothing").error().absent());

    setup.link(setup.root + "/one", "two");
    setup.link(setup.root + "/two", "one");
    CHECK(files.read(setup.root + "/one").error().reason == "too many symbolic links");
    CHECK(files.real_path(setup.root + "/one").error().errno_value == ELOOP);
    CHECK(files.read_link(setup.root + "/one").value() == "two");
    CHECK(error_of([&] { files.replace(setup.root + "/one", "x", 0600); }) == "can't be written: too many symbolic links");
}

TEST_CASE_TEMPLATE("a new file gets its mode, whatever the umask; an old one keeps its own", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    const auto umask_before = ::umask(0077);
    files.replace(setup.root + "/file", "one", 0644);
    files.append(setup.root + "/log", "one", 0664);
    files.make_directories(setup.root + "/directory", 0775);
    ::umask(umask_before);
    CHECK(files.facts(setup.root + "/file")->mode == 0644);
    CHECK(files.facts(setup.root + "/log")->mode == 0664);
    CHECK(files.facts(setup.root + "/directory")->mode == 0775);
    files.replace(setup.root + "/file", "two", 0600);
    files.append(setup.root + "/log", "two", 0600);
    CHECK(files.facts(setup.root + "/file")->mode == 0644);
    CHECK(files.facts(setup.root + "/log")->mode == 0664);
    CHECK(files.read(setup.root + "/file").value() == "two");
    CHECK(files.read(setup.root + "/log").value() == "onetwo");
}

TEST_CASE_TEMPLATE("replacing leaves nothing beside the file, done or failed", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    files.replace(setup.root + "/file", "one", 0644);
    files.replace(setup.root + "/file", "two", 0644);
    files.make_directories(setup.root + "/directory", 0755);
    CHECK(error_of([&] { files.replace(setup.root + "/directory", "x", 0644); }) == "can't be written: is a directory");
    CHECK_FALSE(error_of([&] { files.replace(setup.root + "/nothing/file", "x", 0644); }).empty());
    CHECK_FALSE(error_of([&] { files.replace(setup.root + "/file/below", "x", 0644); }).empty());
    CHECK(files.list(setup.root).value() == Names{"directory", "file"});
    CHECK(files.list(setup.root + "/directory").value().empty());
}

TEST_CASE_TEMPLATE("replacing through a link changes the file and keeps the link", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    files.make_directories(setup.root + "/shared", 0755);
    files.replace(setup.root + "/shared/file", "old", 0640);
    setup.link(setup.root + "/first", "second");
    setup.link(setup.root + "/second", setup.root + "/shared/file");
    files.replace(setup.root + "/first", "new", 0644);
    CHECK(files.link_facts(setup.root + "/first")->kind == Kind::link);
    CHECK(files.link_facts(setup.root + "/second")->kind == Kind::link);
    CHECK(files.read(setup.root + "/shared/file").value() == "new");
    CHECK(files.facts(setup.root + "/shared/file")->mode == 0640);
    CHECK(files.list(setup.root + "/shared").value() == Names{"file"});

    setup.link(setup.root + "/dangling", "shared/made");
    files.replace(setup.root + "/dangling", "x", 0644);
    CHECK(files.read(setup.root + "/shared/made").value() == "x");
    setup.link(setup.root + "/dangling-log", "shared/log");
    files.append(setup.root + "/dangling-log", "x", 0644);
    CHECK(files.read(setup.root + "/shared/log").value() == "x");
}

TEST_CASE_TEMPLATE("appending needs a file that can be written", Setup, BOTH) {
    Setup setup;
    CHECK(error_of([&] { setup.files.append(setup.root, "x", 0644); }) == "can't be written: is a directory");
    CHECK(error_of([&] { setup.files.append(setup.root + "/nothing/log", "x", 0644); }) == "can't be written: no such file");
}

TEST_CASE_TEMPLATE("directories are made down to the last", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    files.make_directories(setup.root + "/a", 0700);
    files.make_directories(setup.root + "/a//b/c/", 0750);
    files.make_directories(setup.root + "/a/b/c", 0777);
    CHECK(files.facts(setup.root + "/a")->mode == 0700);
    CHECK(files.facts(setup.root + "/a/b")->mode == 0750);
    CHECK(files.facts(setup.root + "/a/b/c")->mode == 0750);
    setup.link(setup.root + "/link", "a/b");
    files.make_directories(setup.root + "/link/d", 0755);
    CHECK(files.list(setup.root + "/a/b").value() == Names{"c", "d"});
    files.make_directories("/", 0755);

    files.replace(setup.root + "/file", "x", 0644);
    CHECK_FALSE(error_of([&] { files.make_directories(setup.root + "/file", 0755); }).empty());
    CHECK_FALSE(error_of([&] { files.make_directories(setup.root + "/file/below", 0755); }).empty());
    CHECK(files.read(setup.root + "/file").value() == "x");
}

TEST_CASE_TEMPLATE("removing takes the link and not what it leads to", Setup, BOTH) {
    Setup setup;
    auto& files = setup.files;
    files.replace(setup.root + "/file", "x", 0644);
    setup.link(setup.root + "/link", "file");
    files.remove(setup.root + "/link");
    CHECK(files.link_facts(setup.root + "/link").error().absent());
    CHECK(files.read(setup.root + "/file").value() == "x");
    files.remove(setup.root + "/file/below");
    files.remove(setup.root + "/file");
    files.remove(setup.root + "/file");
    files.remove(setup.root + "/nothing/at/all");
    CHECK(files.list(setup.root).value().empty());
    CHECK(error_of([&] { files.remove(setup.root); }) == "can't be removed: is a directory");
}

TEST_CASE_TEMPLATE("there is room on the disk", Setup, BOTH) {
    Setup setup;
    CHECK(setup.files.free_bytes(setup.root).value() > 0);
    CHECK(setup.files.free_bytes(setup.root + "/nothing").error().absent());
}

TEST_CASE_TEMPLATE("a lock has one holder, and says who it is", Setup, BOTH) {
    Setup setup;
    const auto path = setup.root + "/run/vm188.lock";
    const auto at_once = Deadline::in(setup.time.clock, 0s);
    CHECK_FALSE(setup.files.lock_holder(path));
    {
        const auto lock = setup.files.lock(path, "pid 4711, start by a long name", at_once);
        REQUIRE(lock);
        CHECK(setup.files.facts(setup.root + "/run")->mode == 0700);
        CHECK(setup.files.facts(path)->mode == 0600);
        CHECK(setup.other_process.lock_holder(path) == "pid 4711, start by a long name");
        const auto second = setup.other_process.lock(path, "pid 4712", at_once);
        REQUIRE_FALSE(second);
        CHECK(second.error().holder == "pid 4711, start by a long name");
        CHECK_FALSE(setup.files.lock(path, "the same process", Deadline::in(setup.time.clock, 3ms)));
        CHECK(setup.files.lock(path + ".other", "another", at_once));
    }
    CHECK_FALSE(setup.files.lock_holder(path));
    // Nobody who comes between the next holder's lock and its text is to read the old one.
    CHECK(setup.files.read(path).value().empty());
    const auto third = setup.other_process.lock(path, "pid 4713", at_once);
    REQUIRE(third);
    CHECK(setup.files.lock_holder(path) == "pid 4713");
}

TEST_CASE_TEMPLATE("who waits for a lock gets it once it is free", Setup, BOTH) {
    Setup setup;
    const auto path = setup.root + "/lock";
    auto first = setup.files.lock(path, "first", patience(setup.time.clock));
    auto second =
        std::async(std::launch::async, [&] { return setup.other_process.lock(path, "second", patience(setup.time.clock)).has_value(); });
    first->reset();
    CHECK(second.get());
}

TEST_CASE_TEMPLATE("work under a lock is not disturbed", Setup, BOTH) {
    Setup setup;
    const auto path = setup.root + "/lock";
    std::atomic<int> counter{0};
    std::atomic<int> got{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 10; ++round) {
                const auto lock = setup.files.lock(path, "counter", patience(setup.time.clock));
                if (!lock) continue;
                ++got;
                // Not ++: only the lock is to keep the others from coming between.
                const int before = counter;
                std::this_thread::yield();
                counter = before + 1;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(got == 40);
    CHECK(counter == 40);
}

TEST_CASE_TEMPLATE("Ctrl-C ends the wait for a lock", Setup, BOTH) {
    Setup setup;
    const auto path = setup.root + "/lock";
    const auto held = setup.files.lock(path, "first", patience(setup.time.clock));
    const auto deadline = patience(setup.time.clock);
    std::thread user([] { ::kill(::getpid(), SIGINT); });
    CHECK(error_of([&] { setup.other_process.lock(path, "second", deadline).value(); }, Error::Code::interrupted) ==
          "stopped by signal 2 while waiting for the lock");
    user.join();
    CHECK_FALSE(deadline.passed(setup.time.clock));
    CHECK(setup.files.lock_holder(path) == "first");
}

TEST_CASE_TEMPLATE("a lock file is nothing but a file", Setup, BOTH) {
    Setup setup;
    setup.files.replace(setup.root + "/precious", "content", 0600);
    setup.link(setup.root + "/lock", "precious");
    const auto take = [&](const Path& path) { setup.files.lock(path, "me", patience(setup.time.clock)).value(); };
    CHECK(error_of([&] { take(setup.root + "/lock"); }) == "can't be locked: is a symbolic link, not a file");
    CHECK(setup.files.read(setup.root + "/precious").value() == "content");
    CHECK_FALSE(error_of([&] { take(setup.root); }).empty());
    CHECK_FALSE(setup.files.lock_holder(setup.root + "/lock"));
}

TEST_CASE_TEMPLATE("who locks a file that was removed meanwhile does not believe to be alone", Setup, BOTH) {
    Setup setup;
    const auto path = setup.root + "/lock";
    const auto at_once = Deadline::in(setup.time.clock, 0s);
    const auto first = setup.files.lock(path, "first", at_once);
    setup.files.remove(path);
    CHECK_FALSE(setup.files.lock_holder(path));
    const auto second = setup.files.lock(path, "second", at_once);
    REQUIRE(second);
    CHECK_FALSE(setup.files.lock(path, "third", at_once));
    CHECK(setup.files.lock_holder(path) == "second");
}
