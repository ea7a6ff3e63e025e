#include "drivers/files/memory_files.h"

#include <doctest/doctest.h>

#include <cerrno>

#include "drivers/error.h"
#include "drivers/files/memory_tree.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

using FaultOn = MemoryFiles::FaultOn;

struct Fixture {
    RealTime time;
    MemoryFiles files{time.clock, time.signals};
};

std::string error_of(const std::function<void()>& change) {
    try {
        change();
    } catch (const Error& error) {
        return error.message();
    }
    return "";
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what happens behind svcmgr's back is seen") {
    files.put("/etc/svcmgr/vm188.env", "[DEFAULT]\n", 0600);
    files.put_link("/etc/svcmgr/link.env", "vm188.env");
    files.put_special("/dev/sda", FileFacts::Kind::block_device, 0x800);
    files.set_owner("/etc/svcmgr/link.env", 12, 34);
    CHECK(files.read("/etc/svcmgr/link.env").value() == "[DEFAULT]\n");
    const auto facts = files.facts("/etc/svcmgr/vm188.env").value();
    CHECK(facts.mode == 0600);
    CHECK(facts.owner == 12);
    CHECK(facts.group == 34);
    CHECK(files.facts("/dev/sda")->kind == FileFacts::Kind::block_device);
    CHECK(files.facts("/dev/sda")->device == 0x800);
    CHECK(files.read("/dev/sda").error().reason == "is a device, not a file");
    CHECK(files.contents() == std::map<Path, std::string>{{"/etc/svcmgr/vm188.env", "[DEFAULT]\n"}});
    CHECK(files.contents("/dev").empty());

    files.replace("/etc/svcmgr/vm188.env", "x", 0644);
    CHECK(files.facts("/etc/svcmgr/vm188.env")->owner == 12);
    CHECK(files.facts("/etc/svcmgr/vm188.env")->mode == 0600);
    files.remove_tree("/etc");
    CHECK(files.read("/etc/svcmgr/vm188.env").error().absent());
    CHECK(files.list("/").value() == std::vector<std::string>{"dev"});
}

TEST_CASE_FIXTURE(Fixture, "processes of a node share files and locks") {
    const auto other = files.seen_by(time.clock, time.signals);
    files.put("/file", "x");
    CHECK(other.read("/file").value() == "x");
    CHECK(other.database_name("/var/lib/svcmgr.db") == files.database_name("/var/lib/svcmgr.db"));
    const MemoryFiles another_node(time.clock, time.signals);
    CHECK(another_node.read("/file").error().absent());
    CHECK(another_node.database_name("/var/lib/svcmgr.db") != files.database_name("/var/lib/svcmgr.db"));
}

TEST_CASE_FIXTURE(Fixture, "a database's name is an URI that sqlite understands, whatever the path") {
    const auto name = files.database_name("/a b?c#d%e.db");
    CHECK(name.starts_with("file:/"));
    CHECK(name.ends_with("/a%20b%3fc%23d%25e.db?vfs=memdb"));
}

TEST_CASE_FIXTURE(Fixture, "looking fails where it was asked to fail, and nowhere else") {
    files.put("/var/lib/file", "x");
    files.put("/variable", "x");
    files.fail("/var", FaultOn::look, EIO);
    CHECK(files.read("/var/lib/file").error().reason == "the device reports an input/output error");
    CHECK(files.list("/var/lib").error().errno_value == EIO);
    CHECK(files.facts("/var/lib/file").error().errno_value == EIO);
    CHECK(files.link_facts("/var").error().errno_value == EIO);
    CHECK(files.real_path("/var/lib").error().errno_value == EIO);
    CHECK(files.free_bytes("/var").error().errno_value == EIO);
    CHECK(files.read("/variable").value() == "x");
    files.replace("/var/lib/file", "y", 0644);
    files.clear_faults();
    CHECK(files.read("/var/lib/file").value() == "y");
}

TEST_CASE_FIXTURE(Fixture, "changing fails where it was asked to fail, and leaves everything as it is") {
    files.put("/var/file", "x");
    files.fail("/var", FaultOn::change, EROFS);
    const std::string reason = ": the file system is read-only";
    CHECK(error_of([&] { files.replace("/var/file", "y", 0644); }) == "can't be written" + reason);
    CHECK(error_of([&] { files.append("/var/file", "y", 0644); }) == "can't be written" + reason);
    CHECK(error_of([&] { files.make_directories("/var/a", 0755); }) == "can't make this directory" + reason);
    CHECK(error_of([&] { files.remove("/var/file"); }) == "can't be removed" + reason);
    CHECK(error_of([&] { files.lock("/var/lock", "me", patience(time.clock)).value(); }) == "can't be locked" + reason);
    CHECK(files.free_bytes("/var").value() == 0);
    CHECK(files.free_bytes("/").value() > 0);
    CHECK(files.contents() == std::map<Path, std::string>{{"/var/file", "x"}});
    files.make_directories("/var", 0755);
    files.remove("/var/nothing");

    files.clear_faults();
    files.fail("/", FaultOn::everything, EACCES);
    CHECK(files.read("/var/file").error().reason == "permission denied");
    CHECK(error_of([&] { files.remove("/var/file"); }) == "can't be removed: permission denied");
}

TEST_CASE_FIXTURE(Fixture, "a disk has the size that it was given") {
    files.set_capacity(10);
    files.replace("/file", "12345", 0644);
    CHECK(files.free_bytes("/").value() == 5);
    // The old one is there until the new one is complete.
    CHECK(error_of([&] { files.replace("/file", "123456", 0644); }) == "can't be written: no space left on the device");
    CHECK(files.read("/file").value() == "12345");
    files.replace("/file", "54321", 0644);
    CHECK(error_of([&] { files.append("/file", "abcdefgh", 0644); }) == "can't be written: no space left on the device");
    CHECK(files.read("/file").value() == "54321abcde");
    CHECK(files.free_bytes("/").value() == 0);
    const auto lock = files.lock("/lock", "me", patience(time.clock));
    REQUIRE(lock);
    CHECK(files.lock_holder("/lock") == "");
    files.set_capacity(3);
    CHECK(files.free_bytes("/").value() == 0);
}

TEST_CASE("a path is its components") {
    CHECK(path_components("/a//b/") == std::vector<std::string_view>{"a", "b"});
    CHECK(path_components("a") == std::vector<std::string_view>{"a"});
    CHECK(path_components("/").empty());
    CHECK(path_components("").empty());
}
