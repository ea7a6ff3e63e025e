#include "drivers/hypervisor/lxc/config_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "drivers/files/memory_files.h"
#include "tests/unit/machine.h"

namespace svcmgr::lxc {

namespace {

using Kind = GuestDisk::Kind;

constexpr const char* path = "/var/lib/lxc/vm188/config";

ContainerConfig read(const std::string& text) {
    test::Machine machine;
    machine.files.put(path, text);
    const auto config = read_config(machine.files, path);
    REQUIRE_MESSAGE(config.has_value(), config.error().where);
    return *config;
}

}  // namespace

TEST_CASE("what svcmgr needs is read, in the words of today and in those before LXC 2.1") {
    const auto today = read(
        "# a comment\n\n  lxc.rootfs.path = dir:/srv/vm188/rootfs\nlxc.start.auto=1\nlxc.mount.fstab = /srv/fstab\n"
        "lxc.cgroup2.cpuset.cpus = 0,3-5\nlxc.cgroup2.memory.max = 512M\n");
    CHECK(today.rootfs == "dir:/srv/vm188/rootfs");
    CHECK(today.autostart);
    CHECK(today.fstab == "/srv/fstab");
    CHECK(today.cpus == 4);
    CHECK(today.memory_kib == 512 * 1024);
    const auto old = read("lxc.rootfs = /srv/vm188\nlxc.mount = /srv/fstab\nlxc.cgroup.memory.limit_in_bytes = 2048000\n");
    CHECK(old.rootfs == "/srv/vm188");
    CHECK(old.fstab == "/srv/fstab");
    CHECK_FALSE(old.autostart);
    CHECK(old.memory_kib == 2000);
}

TEST_CASE("quotes are no part of a value, and the last value counts") {
    CHECK(read("lxc.rootfs.path = \"/srv/a b\"\n").rootfs == "/srv/a b");
    CHECK(read("lxc.rootfs.path = /srv/a\nlxc.rootfs.path = '/srv/b'\n").rootfs == "/srv/b");
    CHECK_FALSE(read("lxc.start.auto = 1\nlxc.start.auto = 0\n").autostart);
}

TEST_CASE("included files are read in their place, and directories by their *.conf") {
    test::Machine machine;
    machine.files.put(path, "lxc.include = /etc/lxc/common.conf\nlxc.include = /etc/lxc/more\nlxc.rootfs.path = /srv/mine\n");
    machine.files.put("/etc/lxc/common.conf", "lxc.start.auto = 1\nlxc.rootfs.path = /srv/theirs\n");
    machine.files.put("/etc/lxc/more/a.conf", "lxc.cgroup2.cpuset.cpus = 0-1\n");
    machine.files.put("/etc/lxc/more/readme", "this is no configuration\n");
    const auto config = read_config(machine.files, path);
    REQUIRE(config.has_value());
    CHECK(config->autostart);
    CHECK(config->cpus == 2);
    CHECK(config->rootfs == "/srv/mine");
    CHECK(config->files == std::vector<Path>{path, "/etc/lxc/common.conf", "/etc/lxc/more/a.conf"});
}

TEST_CASE("what can't be read is named with its line") {
    test::Machine machine;
    const auto problem = [&](const std::string& text) {
        machine.files.put(path, text);
        const auto config = read_config(machine.files, path);
        REQUIRE_FALSE(config.has_value());
        return config.error();
    };
    CHECK(problem("lxc.uts.name = x\nnonsense\n").where == std::string(path) + ":2");
    CHECK(problem("lxc.include = /missing\n").where == std::string(path) + ":1");
    CHECK(problem("lxc.include = /missing\n").reason.find("/missing") != std::string::npos);
    CHECK(problem(std::string("lxc.include = ") + path + "\n").reason.find("100 files") != std::string::npos);
    const auto absent = read_config(machine.files, "/nowhere");
    REQUIRE_FALSE(absent.has_value());
    CHECK(absent.error().absent);
}

TEST_CASE("a list of processors is counted, and anything else is none") {
    CHECK(count_cpus("0") == 1);
    CHECK(count_cpus("0,2") == 2);
    CHECK(count_cpus("0-3,7") == 5);
    for (const char* wrong : {"", "x", "3-1", "-1", "0-99999999", "1-", "99999999999999999999"}) CHECK(count_cpus(wrong) == 0);
}

TEST_CASE("an amount of memory has LXC's units, and anything else is none") {
    CHECK(memory_kib("2147483648") == 2097152);
    CHECK(memory_kib("64M") == 65536);
    CHECK(memory_kib("1g") == 1048576);
    CHECK(memory_kib("4K") == 4);
    for (const char* wrong : {"", "max", "-1", "M", "1T1", "99999999999999999999", "18446744073709551615G"}) CHECK(memory_kib(wrong) == 0);
}

TEST_CASE("disks are what the root file system and the mounts are made of") {
    const auto disks = [](const std::string& text, const std::string& fstab = "") { return disks_of(read(text), fstab); };
    const auto root = [&](const std::string& value) { return disks("lxc.rootfs.path = " + value + "\n").at(0); };
    CHECK(root("/srv/vm188").kind == Kind::other);
    CHECK(root("dir:/srv/vm188").source == "/srv/vm188");
    CHECK(root("lvm:/dev/vg/vm188").kind == Kind::block);
    CHECK(root("/dev/vg/vm188").source == "/dev/vg/vm188");
    CHECK(root("loop:/srv/vm188.img").kind == Kind::file);
    CHECK(root("loop:/srv/vm188.img").source == "/srv/vm188.img");
    CHECK(root("zfs:pool/vm188").kind == Kind::other);
    CHECK(root("zfs:pool/vm188").bus == "zfs");

    const auto mounted = disks(
        "lxc.rootfs.path = /srv/vm188\nlxc.mount.entry = /dev/vg/data data ext4 ro,noatime 0 0\n"
        "lxc.mount.entry = /dev/shm dev/shm none bind 0 0\nlxc.mount.entry = proc proc proc defaults 0 0\n",
        "# comment\n/dev/vg/logs /log xfs defaults 0 0\n");
    REQUIRE(mounted.size() == 3);
    CHECK(mounted[1].source == "/dev/vg/logs");
    CHECK_FALSE(mounted[1].readonly);
    CHECK(mounted[2].source == "/dev/vg/data");
    CHECK(mounted[2].target == "/data");
    CHECK(mounted[2].readonly);
    CHECK(disks("lxc.mount.entry = /dev/vg/data data ext4 ro 0 0\nlxc.mount.entry =\n").empty());
}

TEST_CASE("the root file system's directory is known where it is one") {
    CHECK(root_directory("dir:/srv/a") == "/srv/a");
    CHECK(root_directory("/srv/a") == "/srv/a");
    CHECK(root_directory("/dev/vg/a").empty());
    CHECK(root_directory("lvm:/dev/vg/a").empty());
    CHECK(root_directory("").empty());
}

TEST_CASE("configurations that people use are read") {
    const std::filesystem::path samples = SVCMGR_SOURCE_DIR "/../shared/fixtures/lxc";
    if (!std::filesystem::is_directory(samples)) {
        MESSAGE("skipped: there is no " << samples.string());
        return;
    }
    int read_ones = 0;
    for (const auto& entry : std::filesystem::directory_iterator(samples)) {
        const auto name = entry.path().filename().string();
        if (!name.ends_with(".conf") && name != "glpi-config.txt") continue;
        CAPTURE(name);
        std::stringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        const auto config = read(text.str());
        ++read_ones;
        if (name != "glpi-config.txt") continue;
        CHECK(config.rootfs == "/var/lib/lxc/name1/rootfs");
        CHECK(config.fstab == "/var/lib/lxc/name1/fstab");
        CHECK(config.cpus == 4);
        CHECK(config.memory_kib == 2000);
    }
    CHECK(read_ones > 0);
}

}  // namespace svcmgr::lxc
