#include <doctest/doctest.h>

#include "resources/directory.h"
#include "resources/keywords.h"
#include "resources/keywords_drivers.h"
#include "resources/loop.h"
#include "resources/raw_disks.h"
#include "resources/volume_group.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

Keywords driver_keywords(std::span<const SectionDriver> drivers, std::string_view name) {
    return std::ranges::find(drivers, name, &SectionDriver::name)->keywords;
}

Options disk(const std::string& type, const std::map<std::string, std::string>& values) {
    return section("disk#1", {driver_keywords(disk_drivers(), type), disk_keywords(), generic_keywords()}, values);
}

struct Fixture : NodeWorld {
    Fixture() {
        files.put("/srv/disk.img", "");
        files.put_directory("/sys/block");
    }
    void attached(bool yes) {
        if (yes)
            files.put("/sys/block/loop3/loop/backing_file", "/srv/disk.img\n");
        else
            files.remove_tree("/sys/block/loop3");
    }
    Loop loop() const { return Loop(Rid("disk#1"), disk("loop", {{"file", "/srv/disk.img"}})); }
    VolumeGroup group() const { return VolumeGroup(Rid("disk#1"), disk("vg", {{"name", "vg1"}})); }
    void lvm(const std::string& groups, const std::string& volumes) {
        processes.answer("vgs", 0, groups);
        processes.answer("lvs", 0, volumes);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a loop disk is up while a loop device shows its file") {
    CHECK(text_of(look(loop())) == "down");
    attached(true);
    CHECK(text_of(look(loop())) == "up; info: /dev/loop3");
    files.put("/sys/block/loop3/loop/backing_file", "/srv/disk.img (deleted)\n");
    CHECK(look(loop()).log.back().message == "/srv/disk.img was deleted, and is shown by /dev/loop3 until the stop");
    CHECK(look(loop()).status == Status::warn);
    CHECK(intend(loop(), Goal::down).verbs.size() == 1);
    files.put("/sys/block/loop3/loop/backing_file", "/srv/disk.img.old\n");
    CHECK(look(loop()).status == Status::down);
    files.fail("/sys/block", MemoryFiles::FaultOn::look, EIO);
    CHECK(look(loop()).status == Status::undef);
    CHECK(failure(loop(), "start").find("/sys/block") != std::string::npos);
    CHECK(processes.ran.empty());
}

TEST_CASE_FIXTURE(Fixture, "a loop disk is attached once, and detached when nobody uses it") {
    processes.answers["losetup"] = [&](const Argv& argv) {
        attached(argv[1] == "--find");
        CommandResult result;
        result.exit_code = 0;
        result.out = "/dev/loop3\n";
        return result;
    };
    perform(loop(), "start");
    CHECK(processes.ran == std::vector<std::string>{"losetup --find --show -- /srv/disk.img"});
    perform(loop(), "start");
    CHECK(processes.ran.size() == 1);

    files.put("/sys/block/loop3/dev", "7:3\n");
    mounted("30 20 7:3 / /srv/x rw - ext4 /dev/loop3 rw\n");
    CHECK(failure(loop(), "stop").find("/dev/loop3 is used by the mount /srv/x") != std::string::npos);
    mounted("");
    CHECK(failure(loop(), "stop") == "");
    CHECK(look(loop()).status == Status::down);
}

TEST_CASE_FIXTURE(Fixture, "a loop device that a process keeps open is not called detached") {
    attached(true);
    processes.answer("losetup", 0);
    CHECK(failure(loop(), "stop", 5s).find("waited 5 s for /dev/loop3 to be detached") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "an image that is missing fails a start before anything is changed") {
    files.remove_tree("/srv/disk.img");
    CHECK(failure(loop(), "start").find("/srv/disk.img: no such file") == 0);
    CHECK_FALSE(changed);
}

TEST_CASE("what lvs prints is taken line by line, and what is no line of it is left out") {
    const auto volumes = parse_lvs("  vg1;data;active\n  vg1;log;\n  vg2;x;active exclusively\n  WARNING: something\n\n  half;line");
    REQUIRE(volumes.size() == 3);
    CHECK(volumes[0].active);
    CHECK_FALSE(volumes[1].active);
    CHECK(volumes[2].active);
    CHECK(volumes[1].name == "log");
}

TEST_CASE_FIXTURE(Fixture, "a volume group is up when all its volumes are active") {
    lvm("  vg1\n  vg2\n", "  vg1;data;active\n  vg1;log;active\n  vg2;x;\n");
    CHECK(text_of(look(group())) == "up");
    lvm("  vg1\n", "  vg1;data;active\n  vg1;log;\n");
    CHECK(text_of(look(group())) == "warn; warn: not active: log");
    lvm("  vg1\n", "  vg1;data;\n");
    CHECK(text_of(look(group())) == "down");
    lvm("  vg1\n", "");
    CHECK(look(group()).status == Status::not_applicable);
    lvm("  vg2\n", "");
    CHECK(text_of(look(group())) == "down; info: this node sees no volume group vg1");
}

TEST_CASE_FIXTURE(Fixture, "LVM that does not answer is undef, never down") {
    processes.hanging["vgs"] = true;
    CHECK(text_of(look(group())) == "undef; warn: vgs: no answer within its deadline");
    processes.hanging.clear();
    processes.answer("vgs", 5, "", "  locking failed\n");
    CHECK(look(group()).status == Status::undef);
    processes.answer("vgs", 0, "  vg1\n");
    processes.answer("lvs", 5, "", "  locking failed\n");
    CHECK(look(group()).status == Status::undef);
}

TEST_CASE_FIXTURE(Fixture, "vgchange that says yes and activates nothing has failed") {
    lvm("  vg1\n", "  vg1;data;\n");
    processes.answer("vgchange", 0);
    CHECK(failure(group(), "start").find("these are not active: data") != std::string::npos);
    lvm("  vg1\n", "  vg1;data;active\n");
    CHECK(failure(group(), "start") == "");
    CHECK(processes.has_run("vgchange -ay -- vg1"));
}

TEST_CASE_FIXTURE(Fixture, "a volume group in use is tried again until the deadline") {
    processes.answer("vgchange", 5, "", "  Logical volume vg1/data in use.\n");
    const Moment begin = clock.now();
    CHECK(failure(group(), "stop", 10s).find("Logical volume vg1/data in use.") != std::string::npos);
    CHECK(clock.now() - begin == 10s);
    CHECK(notes.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "raw devices that are there as they should be are n/a; missing ones keep a service from being started") {
    files.put_special("/dev/sdb", FileFacts::Kind::block_device, 42);
    const auto raw = [](std::map<std::string, std::string> values) {
        values.try_emplace("devs", "/dev/sdb");
        return RawDisks(Rid("disk#1"), disk("raw", values));
    };
    CHECK(text_of(look(raw({}))) == "n/a");
    CHECK(text_of(look(raw({{"devs", "/dev/sdb /dev/sdz"}}))) == "warn; warn: /dev/sdz: no such file");
    CHECK(intend(raw({{"devs", "/dev/sdz"}}), Goal::up).refusal.has_value());
    CHECK(look(raw({{"devs", "/srv/disk.img"}})).status == Status::warn);

    processes.answer("getent -- passwd oracle", 0, "oracle:x:501:502::/:/bin/sh\n");
    CHECK(text_of(look(raw({{"user", "oracle"}}))) == "warn; warn: /dev/sdb: its owner is number 0, not oracle");
    for (const char* program : {"chown", "chgrp", "chmod"}) processes.answer(program, 0);
    processes.ran.clear();
    perform(raw({{"user", "oracle"}, {"group", "dba"}, {"perm", "660"}}), "start");
    CHECK(processes.ran == std::vector<std::string>{"chown -- oracle /dev/sdb", "chgrp -- dba /dev/sdb", "chmod -- 660 /dev/sdb"});
    CHECK(intend(raw({}), Goal::down).verbs.empty());
}

TEST_CASE_FIXTURE(Fixture, "a directory is up when it is there with its owner and permissions; it stays when the service stops") {
    const auto directory = [](std::map<std::string, std::string> values) {
        values.try_emplace("path", "/srv/logs");
        return Directory(Rid("fs#1"), section("fs#1", {driver_keywords(fs_drivers(), "directory"), generic_keywords()}, values), 0);
    };
    CHECK(text_of(look(directory({}))) == "down");
    files.put_directory("/srv/logs");
    CHECK(text_of(look(directory({}))) == "up");
    CHECK(look(directory({{"perm", "1777"}})).status == Status::warn);
    CHECK(intend(directory({{"perm", "1777"}}), Goal::up).verbs.size() == 1);
    CHECK(intend(directory({}), Goal::down).left_alone == "a directory stays, with what it holds");
    CHECK(look(directory({{"path", "/srv/disk.img"}})).status == Status::warn);
    CHECK(intend(directory({{"path", "/srv/disk.img"}}), Goal::up).refusal.has_value());

    for (const char* program : {"mkdir", "chown", "chmod"}) processes.answer(program, 0);
    processes.ran.clear();
    perform(directory({{"user", "root"}, {"perm", "0750"}}), "start");
    CHECK(processes.ran == std::vector<std::string>{"mkdir -p -- /srv/logs", "chown -- root /srv/logs", "chmod -- 0750 /srv/logs"});
}

TEST_CASE_FIXTURE(Fixture, "a directory on a file system that hangs is asked for by a program that is given up") {
    mounted("30 20 0:46 / /srv/nfs rw - nfs4 nfs1:/export rw\n");
    files.fail("/srv/nfs", MemoryFiles::FaultOn::everything, EIO);
    const Directory directory(
        Rid("fs#1"), section("fs#1", {driver_keywords(fs_drivers(), "directory"), generic_keywords()}, {{"path", "/srv/nfs/logs"}}), 0);
    processes.hanging["stat"] = true;
    CHECK(text_of(look(directory)) == "undef; warn: /srv/nfs/logs: no answer within its deadline");
    processes.hanging.clear();
    processes.answer("stat", 0, "0 0 755 directory\n");
    CHECK(look(directory).status == Status::up);
    processes.answer("stat", 1, "", "stat: cannot statx '/srv/nfs/logs': No such file or directory\n");
    CHECK(look(directory).status == Status::down);
}
