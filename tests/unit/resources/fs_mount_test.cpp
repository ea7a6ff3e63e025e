#include "resources/fs_mount.h"

#include <doctest/doctest.h>
#include <sys/sysmacros.h>

#include "resources/busy.h"
#include "resources/keywords.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* ours = "30 20 8:17 / /srv/svc1 rw - ext4 /dev/sdb1 rw\n";

struct Fixture : NodeWorld {
    Fixture() {
        files.put_special("/dev/sdb1", FileFacts::Kind::block_device, makedev(8, 17));
        files.put_special("/dev/sdc1", FileFacts::Kind::block_device, makedev(8, 33));
        processes.answer("e2fsck", 0);
        processes.answer("mkdir", 0);
        processes.does("mount", [this] { mounted(ours); });
        processes.does("umount", [this] { mounted(""); });
    }
    FsMount fs(std::map<std::string, std::string> values = {}) {
        values.try_emplace("dev", "/dev/sdb1");
        values.try_emplace("mnt", "/srv/svc1");
        values.try_emplace("type", "ext4");
        return FsMount(Rid("fs#1"), section("fs#1", {fs_keywords(), generic_keywords(), trigger_keywords()}, values), 0);
    }
    std::vector<std::string> verbs(const FsMount& resource, Goal goal) {
        std::vector<std::string> names;
        for (const Verb& verb : intend(resource, goal).verbs) names.push_back(verb.name);
        return names;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a file system is up when its device is mounted at its mount point") {
    CHECK(text_of(look(fs())) == "down");
    mounted(ours);
    CHECK(text_of(look(fs())) == "up");
    CHECK(text_of(look(fs({{"mnt", "/srv//svc1/"}}))) == "up");
}

TEST_CASE_FIXTURE(Fixture, "the device is told by its number: another name of it is right, another disk of its name is not") {
    files.put_special("/dev/mapper/vg-data", FileFacts::Kind::block_device, makedev(253, 3));
    files.put_link("/dev/vg/data", "../mapper/vg-data");
    mounted("30 20 253:3 / /srv/svc1 rw - ext4 /dev/dm-3 rw\n");
    CHECK(text_of(look(fs({{"dev", "/dev/vg/data"}}))) == "up");
    mounted("30 20 8:49 / /srv/svc1 rw - ext4 /dev/sdb1 rw\n");
    CHECK(look(fs()).status == Status::warn);
}

TEST_CASE_FIXTURE(Fixture, "something else at the mount point is a warning that names it; it is neither started over nor unmounted") {
    mounted("30 20 8:33 / /srv/svc1 rw - xfs /dev/sdc1 rw\n");
    CHECK(text_of(look(fs())) == "warn; warn: /dev/sdc1 (xfs) is mounted on /srv/svc1, not /dev/sdb1");
    CHECK(intend(fs(), Goal::up).refusal.has_value());
    CHECK(intend(fs(), Goal::down).verbs.empty());
    CHECK(failure(fs(), "start").find("/dev/sdc1 (xfs) is mounted") != std::string::npos);
    CHECK(failure(fs(), "stop") == "");
    CHECK_FALSE(changed);
    CHECK_FALSE(processes.has_run("umount -- /srv/svc1"));
}

TEST_CASE_FIXTURE(Fixture, "a label is looked up where udev keeps it, else by blkid") {
    files.put_link("/dev/disk/by-label/data", "../../sdb1");
    mounted(ours);
    CHECK(text_of(look(fs({{"dev", "LABEL=data"}}))) == "up");
    CHECK(processes.ran.empty());
    processes.answer("blkid -c /dev/null -l -o device -t UUID=1-2", 0, "/dev/sdb1\n");
    CHECK(text_of(look(fs({{"dev", "UUID=1-2"}}))) == "up");
    mounted("");
    processes.answer("blkid -c /dev/null -l -o device -t UUID=1-3", 2);
    CHECK(text_of(look(fs({{"dev", "UUID=1-3"}}))) == "down; info: no device has UUID=1-3");
}

TEST_CASE_FIXTURE(Fixture, "binds, images, remote file systems and tmpfs are told each in its way") {
    mounted("30 20 8:17 / /srv/data rw - ext4 /dev/sdb1 rw\n31 20 8:17 /web /srv/svc1 rw - ext4 /dev/sdb1 rw\n");
    CHECK(text_of(look(fs({{"type", "none"}, {"mnt_opt", "bind"}, {"dev", "/srv/data/web"}}))) == "up");
    CHECK(look(fs({{"type", "bind"}, {"dev", "/srv/data/other"}})).status == Status::warn);

    files.put("/srv/disk.img", "");
    files.put_link("/srv/link.img", "disk.img");
    files.put("/sys/dev/block/7:3/loop/backing_file", "/srv/disk.img\n");
    mounted("30 20 7:3 / /srv/svc1 rw - ext4 /dev/loop3 rw\n");
    CHECK(text_of(look(fs({{"dev", "/srv/link.img"}}))) == "up");
    // btrfs shows a number of its own: that of the loop device says what file it is.
    files.put_special("/dev/loop3", FileFacts::Kind::block_device, makedev(7, 3));
    mounted("30 20 0:44 / /srv/svc1 rw - btrfs /dev/loop3 rw\n");
    CHECK(text_of(look(fs({{"dev", "/srv/disk.img"}, {"type", "btrfs"}}))) == "up");

    mounted("30 20 0:45 / /srv/svc1 rw - tmpfs tmpfs rw\n");
    CHECK(text_of(look(fs({{"dev", "none"}, {"type", "tmpfs"}}))) == "up");

    mounted("30 20 0:46 / /srv/svc1 rw - nfs4 nfs1:/export rw\n");
    processes.answer("stat", 0);
    CHECK(text_of(look(fs({{"dev", "nfs1:/export/"}, {"type", "nfs"}}))) == "up");
    CHECK(look(fs({{"dev", "nfs2:/export"}, {"type", "nfs"}})).status == Status::warn);
}

TEST_CASE_FIXTURE(Fixture, "a remote file system that hangs is a warning in time, and its mount point is not touched") {
    mounted("30 20 0:46 / /srv/svc1 rw - nfs4 nfs1:/export rw\n");
    files.fail("/srv/svc1", MemoryFiles::FaultOn::everything, EIO);
    processes.hanging["stat"] = true;
    const Moment begin = clock.now();
    CHECK(text_of(look(fs({{"dev", "nfs1:/export"}, {"type", "nfs"}}))) ==
          "warn; warn: /srv/svc1 is mounted, but: no answer within its deadline");
    CHECK(clock.now() - begin <= 2s);
}

TEST_CASE_FIXTURE(Fixture, "a mount that became read-only is a warning") {
    mounted("30 20 8:17 / /srv/svc1 rw - ext4 /dev/sdb1 ro,errors=remount-ro\n");
    CHECK(look(fs()).status == Status::warn);
    CHECK(look(fs({{"mnt_opt", "noatime,ro"}})).status == Status::up);
}

TEST_CASE_FIXTURE(Fixture, "a mount table that can't be read leaves the status undef") {
    files.fail("/proc", MemoryFiles::FaultOn::look, EIO);
    CHECK(look(fs()).status == Status::undef);
    CHECK(failure(fs(), "start").find("/proc/self/mountinfo") != std::string::npos);
    CHECK(failure(fs(), "stop").find("/proc/self/mountinfo") != std::string::npos);
    CHECK(processes.ran.empty());
}

TEST_CASE_FIXTURE(Fixture, "a start checks the file system, makes the mount point, mounts, and is idempotent") {
    CHECK(verbs(fs(), Goal::up) == std::vector<std::string>{"start"});
    CHECK(intend(fs(), Goal::up).verbs[0].undo == "stop");
    perform(fs({{"mnt_opt", "noatime"}}), "start");
    CHECK(processes.ran ==
          std::vector<std::string>{"e2fsck -p /dev/sdb1", "mkdir -p -- /srv/svc1", "mount -t ext4 -o noatime -- /dev/sdb1 /srv/svc1"});
    processes.ran.clear();
    perform(fs(), "start");
    CHECK(processes.ran.empty());
    CHECK(verbs(fs(), Goal::up).empty());
}

TEST_CASE_FIXTURE(Fixture, "errors that the check mended are noted; others keep it from being mounted") {
    processes.answer("e2fsck", 1);
    perform(fs(), "start");
    CHECK(notes == std::vector<std::string>{"/dev/sdb1 had errors, which were mended"});
    mounted("");
    processes.answer("e2fsck", 4, "", "UNEXPECTED INCONSISTENCY\n");
    processes.ran.clear();
    CHECK(failure(fs(), "start").find("exited with 4: UNEXPECTED INCONSISTENCY") != std::string::npos);
    CHECK(processes.ran.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "what needs no check gets none: xfs, a read-only mount, a device that is mounted elsewhere") {
    processes.does("mount", [this] { mounted("30 20 8:17 / /srv/svc1 rw - xfs /dev/sdb1 rw\n"); });
    perform(fs({{"type", "xfs"}}), "start");
    CHECK_FALSE(processes.has_run("e2fsck -p /dev/sdb1"));
    mounted("");
    perform(fs({{"mnt_opt", "ro"}}), "start");
    CHECK_FALSE(processes.has_run("e2fsck -p /dev/sdb1"));
    mounted("40 20 8:17 / /mnt rw - ext4 /dev/sdb1 rw\n");
    processes.does("mount", [this] { mounted(std::string("40 20 8:17 / /mnt rw - ext4 /dev/sdb1 rw\n") + ours); });
    perform(fs(), "start");
    CHECK_FALSE(processes.has_run("e2fsck -p /dev/sdb1"));
}

TEST_CASE_FIXTURE(Fixture, "a device that is missing, and a mount that did not happen, fail") {
    CHECK(failure(fs({{"dev", "/dev/gone"}}), "start").find("/dev/gone: no such file") != std::string::npos);
    CHECK_FALSE(changed);
    processes.answer("mount", 0);
    CHECK(failure(fs(), "start").find("is not mounted there") != std::string::npos);
    processes.answer("mount", 32, "", "mount: wrong fs type\n");
    CHECK(failure(fs(), "start").find("exited with 32: mount: wrong fs type") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a stop tries again while the mount point is busy, and says who holds it") {
    mounted(ours);
    files.put("/proc/4711/comm", "tail\n");
    files.put_link("/proc/4711/fd/3", "/srv/svc1/log (deleted)");
    int tries = 0;
    processes.answers["umount"] = [&](const Argv&) {
        CommandResult result;
        result.exit_code = ++tries < 3 ? 32 : 0;
        result.err = "umount: /srv/svc1: target is busy.\n";
        if (tries == 3) mounted("");
        return result;
    };
    CHECK(failure(fs(), "stop") == "");
    CHECK(tries == 3);
    CHECK(notes == std::vector<std::string>{"exited with 32: umount: /srv/svc1: target is busy.: held by tail (pid 4711)"});
}

TEST_CASE_FIXTURE(Fixture, "a stop does not end well when nobody can tell whether what is mounted is ours") {
    mounted(ours);
    processes.hanging["blkid"] = true;
    const FsMount labelled = fs({{"dev", "LABEL=data"}});
    CHECK(look(labelled).status == Status::warn);
    CHECK(intend(labelled, Goal::up).refusal.has_value());
    CHECK(verbs(labelled, Goal::down) == std::vector<std::string>{"stop"});
    CHECK(failure(labelled, "stop").find("whether LABEL=data is what is mounted on /srv/svc1 can't be told") != std::string::npos);
    CHECK_FALSE(changed);
}

TEST_CASE_FIXTURE(Fixture, "a stop gives up at its deadline, never detaches lazily and kills nobody") {
    mounted(ours);
    processes.answer("umount", 32, "", "umount: /srv/svc1: target is busy.\n");
    files.put("/proc/12/comm", "bash\n");
    files.put_link("/proc/12/cwd", "/srv/svc1/deep");
    const Moment begin = clock.now();
    const std::string error = failure(fs(), "stop", 10s);
    CHECK(error.find("/srv/svc1 can't be unmounted: held by bash (pid 12)") != std::string::npos);
    CHECK(clock.now() - begin == 10s);
    for (const std::string& line : processes.ran) CHECK(line == "umount -- /srv/svc1");
    processes.hanging["umount"] = true;
    CHECK(failure(fs(), "stop", 10s).find("/srv/svc1 can't be unmounted: umount does not come back") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "who holds a mount point: processes, mounts below it, loop devices") {
    files.put("/proc/7/comm", "qemu\n");
    files.put_link("/proc/7/root", "/srv/svc1");
    files.put_link("/proc/8/cwd", "/srv/svc10");
    files.put("/sys/block/loop5/loop/backing_file", "/srv/svc1/disk.img\n");
    const Mounts mounts = Mounts::parse("30 20 8:17 / /srv/svc1 rw - ext4 /dev/sdb1 rw\n31 30 8:18 / /srv/svc1/x rw - ext4 /dev/sdb2 rw\n");
    CHECK(held_by(holders_of(files, mounts, "/srv/svc1/")) == "held by the mount /srv/svc1/x, the loop device /dev/loop5, qemu (pid 7)");
    CHECK(held_by({}) == "nobody known holds it");
    CHECK(held_by({"a", "b", "c", "d", "e", "f", "g"}) == "held by a, b, c, d, e and 2 more");
}
