#include "drivers/hypervisor/zone/zone.h"

#include "drivers/hypervisor/keywords/zone.h"
#include "drivers/hypervisor/zone/zone_list.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::zone {

using Value = GuestState::Value;

namespace {

Options node_options() {
    return Options("zone", Place(), zone_node_keywords());
}

Guest with_delete_on_stop(const std::string& name) {
    auto section = std::make_shared<Options>("container#1", Place(), zone_keywords());
    section->set("delete_on_stop", {"true", {}});
    Guest guest{name, name};
    guest.section = section;
    return guest;
}

const std::string running = "look: /usr/sbin/zoneadm list -cp\nout: 3:z1:running:/zones/z1::solaris:excl\n";
const std::string installed = "look: /usr/sbin/zoneadm list -cp\nout: -:z1:installed:/zones/z1::solaris:excl\n";
const std::string nothing = "look: /usr/sbin/zoneadm list -cp\nout: 0:global:running:/::solaris:shared\n";

}  // namespace

TEST_CASE("zoneadm list -cp: real outputs") {
    if (const auto text = test::sample("zone/clean-zone-list-cp.txt")) {
        const auto list = parse_zone_list(*text);
        CHECK(list.problem().empty());
        CHECK(list.guests().size() == 1);
        CHECK(list.state_of("clean-zone").value == Value::stopped);
        CHECK(list.state_of("clean-zone").reason == "installed");
        CHECK(list.state_of("global").value == Value::absent);
    }
    if (const auto text = test::sample("zone/facter2-list-cp-sol10.txt")) {
        const auto list = parse_zone_list(*text);
        CHECK(list.problem().empty());
        CHECK(list.state_of("local").reason == "configured");
        CHECK(list.state_of("zoneA").value == Value::stopped);
    }
    // What a person would read is not what we asked for.
    for (const std::string name : {"zone/zoneadm-list-icv-sol11.txt", "zone/opensvc-01-zoneadm-list-cvi.txt"}) {
        const auto text = test::sample(name);
        if (!text) continue;
        const auto list = parse_zone_list(*text);
        CHECK(list.state_of("znginx").value == Value::unknown);
        CHECK(list.state_of("znginx").reason.find("line 1 is not understood") == 0);
    }
}

TEST_CASE("zoneadm list -cp: states, releases and colons in paths") {
    const auto list = parse_zone_list(
        "0:global:running:/::solaris:shared:-:none\n"
        "4:z1:running:/zones/z1:0b0b:solaris:excl:R:solaris10:x:y\n"
        "5:z2:ready:/zo\\:nes/z2::lx:excl\n"
        "6:z3:shutting_down:/z3::native:shared\n"
        "-:z4:incomplete:/z4::native:shared\n");
    CHECK(list.problem().empty());
    CHECK(list.state_of("z1").value == Value::running);
    CHECK(list.state_of("z2").value == Value::paused);
    CHECK(list.state_of("z3").value == Value::changing);
    CHECK(list.state_of("z4").reason == "incomplete");
    CHECK(list.state_of("z5").value == Value::absent);
}

TEST_CASE("a line of zoneadm that is not understood makes unknown whom it may be about") {
    for (const std::string line : {"4:z1:running:/zones/z1", "x:z1:running:/z1::native:shared", "1:z 1:running:/z1::native:shared",
                                   "1:z1:running:/z1::native:shared:1:2:3:4:5", "Zone z1 läuft"}) {
        CAPTURE(line);
        const auto list = parse_zone_list("-:z2:installed:/z2::native:shared\n" + line + "\n");
        CHECK(list.state_of("z1").value == Value::unknown);
        CHECK(list.state_of("z1").reason.find("line 2 is not understood") == 0);
        CHECK(list.state_of("z2").value == Value::stopped);
    }
    for (const std::string line : {"1:z1:wondering:/z1::native:shared", "1:z1:running:z1::native:shared", "-:z1:running:/z1::native:shared",
                                   "-:z1:installed:/z1::native:shared\n2:z1:running:/z1::native:shared"}) {
        CAPTURE(line);
        const auto list = parse_zone_list(line);
        CHECK(list.state_of("z1").value == Value::unknown);
        CHECK(list.state_of("z3").value == Value::absent);
    }
}

TEST_CASE("/etc/zones/NAME.xml: a real one") {
    const auto text = test::sample("zone/telegraf-etc-zones-cube-ws.xml");
    if (!text) return;
    const auto file = parse_zone_file(*text);
    REQUIRE(file.has_value());
    CHECK(file->name == "cube-ws");
    CHECK(file->path == "/zones/cube-ws");
    CHECK(file->autoboot);
    CHECK(file->disks.empty());  // it has directories of the host, and no device
    CHECK(file->addresses == std::vector<std::string>{"192.168.1.21"});
    CHECK(file->vcpus == 0);
}

TEST_CASE("a zone's sizes and addresses, where its configuration says them") {
    const auto file = parse_zone_file(
        R"(<zone name="z1" zonepath="/z1"><network address="10.5.30.14" physical="nge0"/><network address="fe80::x/10" physical="e"/>)"
        R"(<mcap physcap="4294967296"/><pset ncpu_min="1" ncpu_max="2"/></zone>)");
    REQUIRE(file.has_value());
    CHECK(file->addresses == std::vector<std::string>{"10.5.30.14"});
    CHECK(file->memory_kib == 4194304);
    CHECK(file->vcpus == 2);
    const auto odd = parse_zone_file(R"(<zone name="z1" zonepath="/z1"><mcap physcap="4G"/><pset ncpu_max="-2"/></zone>)");
    CHECK(odd->memory_kib == 0);
    CHECK(odd->vcpus == 0);
}

TEST_CASE("a zone's devices are its disks; what is no configuration of a zone is told") {
    const auto file =
        parse_zone_file(R"(<zone name="z1" zonepath="/z1"><device match="/dev/rdsk/c1t0d0s0"/><device match="/dev/pts/*"/>)"
                        R"(<filesystem special="/dev/dsk/c2t0d0s6" raw="/dev/rdsk/c2t0d0s6" directory="/data" type="ufs"/></zone>)");
    REQUIRE(file.has_value());
    REQUIRE(file->disks.size() == 2);
    CHECK(file->disks[0].source == "/dev/rdsk/c1t0d0s0");
    CHECK(file->disks[1].source == "/dev/dsk/c2t0d0s6");
    CHECK(file->disks[1].target == "/data");
    CHECK_FALSE(file->autoboot);
    for (const std::string text : {"", "<zone", "<domain/>", "<zone name='z1'/>", "<zone name='z1' zonepath='/z1' autoboot='perhaps'/>"})
        CHECK_FALSE(parse_zone_file(text).has_value());
}

TEST_CASE("a zone that is down is detached, as soon as zoneadm lets go of its lock") {
    test::Played<Zone> node(installed +
                                "call: /usr/sbin/zoneadm -z z1 detach\n"
                                "err: zoneadm: zone z1: another zoneadm(8) may have an operation in progress: unable to lock it\n"
                                "exit: 1\n"
                                "call: /usr/sbin/zoneadm -z z1 detach\n",
                            node_options());
    const auto before = node.played.clock().now();
    node.driver.release({"z1", "z1"}, node.deadline());
    CHECK(node.played.clock().now() > before);
    CHECK(node.complaints() == "");
}

TEST_CASE("a zone that can't be detached is an error that names the command") {
    test::Played<Zone> node(installed + "call: /usr/sbin/zoneadm -z z1 detach\nerr: zoneadm: no\nexit: 1\n", node_options());
    const auto error = test::error_of([&] { node.driver.release({"z1", "z1"}, node.deadline()); });
    CHECK(error.message() == "`/usr/sbin/zoneadm -z z1 detach`: exited with 1: zoneadm: no");
    CHECK(error.where() == "guest z1");
    CHECK(error.hint() == "look with: /usr/sbin/zoneadm list -cp");
}

TEST_CASE("a zone that runs, and one that is not here, are not detached") {
    for (const auto& look : {running, nothing}) {
        test::Played<Zone> node(look, node_options());
        node.driver.release({"z1", "z1"}, node.deadline());
        CHECK(node.complaints() == "");
    }
}

TEST_CASE("delete_on_stop: the configuration is kept, then the zone is deleted") {
    test::Played<Zone> node(installed +
                                "call: /usr/sbin/zonecfg -z z1 export -f /var/lib/svcmgr/zonecfg/z1.cfg\n"
                                "call: /usr/sbin/zoneadm -z z1 detach\n"
                                "call: /usr/sbin/zonecfg -z z1 delete -F\n",
                            node_options());
    node.driver.release(with_delete_on_stop("z1"), node.deadline());
    CHECK(node.complaints() == "");
}

TEST_CASE("a deleted zone is made again from what was exported, and attached") {
    test::Played<Zone> node("file: /var/lib/svcmgr/zonecfg/z1.cfg\ntext: create -b\n" + nothing +
                                "call: /usr/sbin/zonecfg -z z1 -f /var/lib/svcmgr/zonecfg/z1.cfg\n"
                                "look: /usr/sbin/zoneadm list -cp\nout: -:z1:configured:/zones/z1::solaris:excl\n"
                                "call: /usr/sbin/zoneadm -z z1 attach\nerr: zoneadm: zone 'z1': package mismatch\nexit: 1\n"
                                "call: /usr/sbin/zoneadm -z z1 attach -F\n"
                                "call: /usr/sbin/zoneadm -z z1 boot\n" +
                                running,
                            node_options());
    const Guest guest{"z1", "z1"};
    CHECK(node.driver.definition(guest) == std::vector<Path>{"/var/lib/svcmgr/zonecfg/z1.cfg"});
    node.driver.start(guest, node.deadline());
    CHECK(node.complaints() == "");
}

TEST_CASE("a replicated definition of another zone is refused with its file") {
    test::Played<Zone> node("file: /etc/zones/z1.xml\ntext: <zone name=\"z2\" zonepath=\"/z2\"/>\n" + nothing, node_options());
    const auto error = test::error_of([&] { node.driver.start({"z1", "z1"}, node.deadline()); });
    CHECK(error.code() == Error::Code::invalid);
    CHECK(error.where() == "/etc/zones/z1.xml");
    CHECK(error.message().find("z2") != std::string::npos);
}

TEST_CASE("the flag of a zone that boots at the recovery site is in its zonepath") {
    test::Played<Zone> node("file: /etc/zones/z1.xml\ntext: <zone name=\"z1\" zonepath=\"/zones/z1\"/>\n", node_options());
    CHECK(node.driver.drp_flag({"z1", "z1"}) == "/zones/z1/.drp_flag");
    CHECK(node.driver.drp_flag({"z2", "z2"}) == std::nullopt);
}

}  // namespace svcmgr::zone
