#include "resources/mounts.h"

#include <doctest/doctest.h>

#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

constexpr const char* table =
    "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
    "25 20 0:22 / /proc rw,nosuid shared:12 - proc proc rw\n"
    "30 20 8:2 / /srv/with\\040blank rw - ext4 /dev/sdb1 rw\n"
    "31 20 8:3 / /srv/a rw,noatime shared:3 master:2 - xfs /dev/sdc rw\n"
    "32 31 8:4 / /srv/a/b/c ro - ext4 /dev/sdd rw\n"
    "33 31 0:50 / /srv/a/n rw - nfs4 nfs1:/export rw,vers=4.2\n"
    "34 20 8:1 /var/data /srv/bound rw - ext4 /dev/sda1 rw\n"
    "35 31 8:5 / /srv/a/b/c rw - ext4 /dev/sde rw\n"
    "a line that is none\n"
    "36 20 8:6 / /srv/odd\\134name\\011x rw -\n";

}  // namespace

TEST_CASE("the mount table is read with its escapes undone, and what is no mount is left out") {
    const Mounts mounts = Mounts::parse(table);
    CHECK(mounts.all().size() == 8);
    const Mount* blank = mounts.at("/srv/with blank");
    REQUIRE(blank != nullptr);
    CHECK(blank->device == "8:2");
    CHECK(blank->source == "/dev/sdb1");
    CHECK(blank->type == "ext4");
    CHECK(mounts.at("/srv/a/")->options == std::vector<std::string>{"rw", "noatime", "rw"});
    CHECK(mounts.at("/srv") == nullptr);
    CHECK(Mounts::parse("1 1 8:1 / /x\\134y\\011z rw - ext4 /dev/a\\040b rw").at("/x\\y\tz")->source == "/dev/a b");
    CHECK(Mounts::parse("1 1 8:1 / /x\\04 rw - ext4 a rw").at("/x\\04") != nullptr);
}

TEST_CASE("of several mounts at one place the last one counts") {
    CHECK(Mounts::parse(table).at("/srv/a/b/c")->device == "8:5");
}

TEST_CASE("the mount that has a path, what is mounted below, and where a device is mounted") {
    const Mounts mounts = Mounts::parse(table);
    CHECK(mounts.holding("/srv/a/b/file")->device == "8:3");
    CHECK(mounts.holding("/srv/ab")->device == "8:1");
    CHECK(mounts.holding("/srv/a/n/deep/file")->may_hang());
    CHECK_FALSE(mounts.holding("/srv/a")->may_hang());
    const auto below = mounts.below("/srv/a");
    REQUIRE(below.size() == 3);
    CHECK(below.front()->point == "/srv/a/b/c");
    CHECK(below.back()->point == "/srv/a/n");
    CHECK(mounts.of_device("8:1").size() == 2);
    CHECK(mounts.at("/srv/bound")->root == "/var/data");
}

TEST_CASE("a mount is read-only when itself or its file system is") {
    const Mounts mounts =
        Mounts::parse("1 1 8:1 / /a ro - ext4 x rw\n2 1 8:2 / /b rw - ext4 x ro,errors=remount-ro\n3 1 8:3 / /c rw - ext4 x rw\n");
    CHECK(mounts.at("/a")->read_only());
    CHECK(mounts.at("/b")->read_only());
    CHECK_FALSE(mounts.at("/c")->read_only());
}

TEST_CASE_FIXTURE(NodeWorld, "a mount table that can't be read is a problem, and no empty table") {
    files.fail("/proc", MemoryFiles::FaultOn::look, EACCES);
    CHECK(Mounts::read(files).problem() == "/proc/self/mountinfo: permission denied");
}

TEST_CASE("paths are compared as the kernel writes them") {
    CHECK(plain_path("/srv//a/./b/../c/") == "/srv/a/c");
    CHECK(plain_path("/") == "/");
    CHECK(plain_path("//..//") == "/");
    CHECK(lies_in("/srv/a", "/srv/a"));
    CHECK(lies_in("/srv/a/b", "/srv/a"));
    CHECK_FALSE(lies_in("/srv/ab", "/srv/a"));
    CHECK(lies_in("/srv", "/"));
    CHECK(depth_of("/") == 0);
    CHECK(depth_of("/srv/a/") == 2);
}
