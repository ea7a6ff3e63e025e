#include "drivers/hypervisor/ldom/ldom.h"

#include "drivers/hypervisor/keywords/ldom.h"
#include "drivers/hypervisor/ldom/domains.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::ldom {

using Value = GuestState::Value;

namespace {

Options node_options() {
    return Options("ldom", Place(), ldom_node_keywords());
}

std::string domain(const std::string& state) {
    return "look: /usr/sbin/ldm list -p\nout: VERSION 1.11\nout: DOMAIN|name=d1|state=" + state + "|flags=------|ncpu=1|mem=1073741824\n";
}

}  // namespace

TEST_CASE("ldm list -p: a real output") {
    const auto text = test::sample("ldom/ldm-list-p.txt");
    if (!text) return;
    const auto list = parse_domains(*text);
    CHECK(list.problem().empty());
    CHECK(list.guests().size() == 3);
    CHECK(list.state_of("primary").value == Value::absent);
    CHECK(list.state_of("host2").value == Value::running);
    CHECK(list.state_of("host2").vcpus == 16);
    CHECK(list.state_of("host2").memory_kib == 47272862140 / 1024);
}

TEST_CASE("ldm list: what a person reads is refused with its line") {
    for (const std::string name :
         {"ldom/ldm-list-table-bound.txt", "ldom/ldm-list-table-inactive.txt", "ldom/ldm-list-bindings-primary.txt"}) {
        const auto text = test::sample(name);
        if (!text) continue;
        CHECK(parse_domains(*text).problem().find("line 1 is not understood") == 0);
        CHECK(parse_domains(*text).state_of("ldg1").value == Value::unknown);
    }
}

TEST_CASE("ldm list -p: states, and lines that are none") {
    const auto list = parse_domains(
        "VERSION 1.5\nDOMAIN|name=d1|state=inactive|flags=------|cons=|ncpu=|mem=\nDOMAIN|name=d2|state=bound|ncpu=4|mem=1024\n"
        "DOMAIN|name=d3|state=suspended\nDOMAIN|name=d4|state=stopping\n");
    CHECK(list.problem().empty());
    CHECK(list.state_of("d1").value == Value::stopped);
    CHECK(list.state_of("d1").warnings.empty());
    CHECK(list.state_of("d2").value == Value::stopped);
    CHECK(list.state_of("d2").warnings.size() == 1);
    CHECK(list.state_of("d3").value == Value::paused);
    CHECK(list.state_of("d4").value == Value::changing);
    for (const std::string bad : {"DOMAIN|name=d1|state=odd", "DOMAIN|name=d1|state=active|ncpu=x", "DOMAIN|name=d1|state=active|mem=-1"}) {
        CHECK(parse_domains("VERSION 1.5\n" + bad).state_of("d1").value == Value::unknown);
        CHECK(parse_domains("VERSION 1.5\n" + bad).state_of("d2").value == Value::absent);
    }
    for (const std::string bad : {"DOMAIN|state=active", "DOMAIN name=d1", "VDISK|name=d1", "DOMAIN|name=a|name=b"})
        CHECK(parse_domains("VERSION 1.5\n" + bad).state_of("d2").value == Value::unknown);
    for (const std::string bad : {"", "VERSION one\n", "DOMAIN|name=d1|state=active\n"})
        CHECK(parse_domains(bad).state_of("d1").value == Value::unknown);
}

TEST_CASE("a domain's disks are the volumes of the servers") {
    const auto volumes = parse_services(
        "VERSION 1.5\nVCC|name=vcc0|ldom=primary|port-range=5000-5100\n|client=d1@vcc0|port=5000\n"
        "VDS|name=vds0|ldom=primary\n|vol=a|opts=|dev=/dev/dsk/c2t0d6\n|vol=b|opts=ro|mpgroup=|dev=/iso/sol.iso\n"
        "VDS|name=vds1|ldom=primary\n|vol=a|opts=ro,excl|dev=/dev/dsk/c2t0d7s2\nVSW|name=vsw0\n|peer=x\n");
    REQUIRE(volumes.has_value());
    CHECK(volumes->size() == 3);
    const auto disks = parse_disks(
        "VERSION 1.5\nDOMAIN|name=d1\nVDISK|name=v0|vol=a@vds0|dev=disk@0\nVDISK|name=v1|vol=b@vds0\nVDISK|name=v2|vol=a@vds1\n", *volumes);
    REQUIRE(disks.has_value());
    REQUIRE(disks->size() == 3);
    CHECK((*disks)[0].source == "/dev/rdsk/c2t0d6s2");
    CHECK((*disks)[0].kind == GuestDisk::Kind::block);
    CHECK_FALSE((*disks)[0].readonly);
    CHECK((*disks)[1].device == "cdrom");
    CHECK((*disks)[1].readonly);
    CHECK((*disks)[2].source == "/dev/rdsk/c2t0d7s2");
    CHECK((*disks)[2].readonly);
    CHECK(parse_disks("VERSION 1.5\nVDISK|name=v0|vol=c@vds0\n", *volumes).error().find("line 2") == 0);
    CHECK(parse_disks("VDISK|name=v0\n", *volumes).error().find("line 1") == 0);
    CHECK(parse_disks("NETWORK|name=v0\n", *volumes).error().find("line 1") == 0);
    CHECK(parse_services("VDS|ldom=primary\n").error().find("line 1") == 0);
    CHECK(parse_services("VDS|name=v\n|vol=a|dev=disk\n").error().find("line 2") == 0);
    CHECK(parse_services("VDS name=v\n").error().find("line 1") == 0);
}

TEST_CASE("ldm list-services -p: a sketch of its grammar is no output") {
    const auto text = test::sample("ldom/opensvc-ldm-list-services-p.grammar.txt");
    if (text) CHECK(parse_services(*text).error().find("line 1 is not understood") == 0);
}

TEST_CASE("auto-boot? is true, false, or what can't be told") {
    CHECK(parse_auto_boot("auto-boot?=true\n").value());
    CHECK_FALSE(parse_auto_boot("auto-boot?=False\n").value());
    for (const std::string bad : {"", "auto-boot?=\n", "The specified variable was not found\n", "auto-boot?=true\nx=1\n"})
        CHECK_FALSE(parse_auto_boot(bad).has_value());
}

TEST_CASE("a domain that was stopped is unbound, an active one is left alone") {
    test::Played<Ldom> bound(domain("bound") + "call: /usr/sbin/ldm unbind d1\n", node_options());
    bound.driver.release({"d1", "d1"}, bound.deadline());
    CHECK(bound.complaints() == "");
    for (const std::string state : {"active", "inactive"}) {
        test::Played<Ldom> other(domain(state), node_options());
        other.driver.release({"d1", "d1"}, other.deadline());
        CHECK(other.complaints() == "");
    }
}

TEST_CASE("a domain whose system is not reached was not asked to stop") {
    test::Played<Ldom> node(domain("active") + "call: ssh d1 /usr/sbin/init 5\nmissing:\n", node_options());
    CHECK(test::error_of([&] { node.driver.stop({"d1", "d1"}, StopMode::ask, node.deadline()); }).code() == Error::Code::unreachable);
    test::Played<Ldom> other(domain("active") + "call: ssh d1 /usr/sbin/init 5\nerr: init: not found\nexit: 127\n", node_options());
    CHECK(test::error_of([&] { other.driver.stop({"d1", "d1"}, StopMode::ask, other.deadline()); }).code() == Error::Code::failed);
}

TEST_CASE("what a peer needs to make a domain is saved by each start") {
    test::Played<Ldom> node(domain("bound") +
                                "call: /usr/sbin/ldm start d1\n"
                                "look: /usr/sbin/ldm list-constraints -x d1\nout: <LDM_interface/>\n" +
                                domain("active"),
                            node_options());
    node.driver.start({"d1", "d1"}, node.deadline());
    CHECK(node.played.files().read("/var/lib/svcmgr/ldom/d1.xml").value() == "<LDM_interface/>\n");
    CHECK(node.complaints() == "");
}

}  // namespace svcmgr::ldom
