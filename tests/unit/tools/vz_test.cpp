#include "drivers/hypervisor/vz/vz.h"

#include <regex>

#include "drivers/hypervisor/vz/containers.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::vz {

using Value = GuestState::Value;

TEST_CASE("vzlist -a of OpenVZ before 4.0 calls a container VEID") {
    const auto list = parse_containers(
        "     VEID      NPROC STATUS  IP_ADDR         HOSTNAME\n       777         27 running 192.168.1.1     vps1.example.com\n"
        "       779          - stopped 192.168.1.3     vps3.example.com\n");
    CHECK(list.problem() == "");
    CHECK(list.state_of("777").value == Value::running);
    CHECK(list.state_of("777").addresses == std::vector<std::string>{"192.168.1.1"});
    CHECK(list.state_of("779").value == Value::stopped);
}

TEST_CASE("vzlist -a: real outputs") {
    if (const auto text = test::sample("vz/vzlist-a-softlayer.txt")) {
        const auto list = parse_containers(*text);
        CHECK(list.problem().empty());
        CHECK(list.state_of("1").value == Value::running);
        CHECK(list.state_of("100").value == Value::running);
        CHECK(list.state_of("100").addresses == std::vector<std::string>{"67.228.128.93"});
        CHECK(list.state_of("2").value == Value::absent);
    }
    if (const auto text = test::sample("vz/jreypo-11-vzlist-a.txt")) {
        // The page that it is from made no-break spaces of its blanks.
        CHECK(parse_containers(*text).problem().find("line 1 is not understood") == 0);
        const std::string plain = std::regex_replace(*text, std::regex("\xc2\xa0"), " ");
        const auto list = parse_containers(plain);
        CHECK(list.problem().empty());
        CHECK(list.state_of("1").value == Value::stopped);
        CHECK(list.state_of("1").addresses.empty());  // it will have it when it runs
    }
    // Other columns, without their heading; another tool; what vzctl says when it works.
    for (const std::string name : {"vz/glpi-virtuozzo-sample1.txt", "prlctl/glpi-sample1.txt", "vz/jreypo-07-vzctl-start-vps01.txt",
                                   "vz/glpi-openvz-status-sample1.txt"}) {
        const auto text = test::sample(name);
        if (!text) continue;
        CHECK(parse_containers(*text).state_of("101").value == Value::unknown);
        CHECK(parse_containers(*text).problem().find("line 1 is not understood") == 0);
    }
}

TEST_CASE("vzlist -a: columns in any order, and lines that are none") {
    const auto list = parse_containers("HOSTNAME STATUS CTID\na running 101\nb suspended 102\nc mounted 103\nd exploded 104\n");
    CHECK(list.problem().empty());
    CHECK(list.state_of("101").value == Value::running);
    CHECK(list.state_of("102").value == Value::stopped);
    CHECK(list.state_of("103").reason == "mounted");
    CHECK(list.state_of("104").value == Value::unknown);
    CHECK(parse_containers("CTID STATUS IP_ADDR\n101 running -\n").state_of("101").addresses.empty());
    for (const std::string bad : {"", "CTID NPROC IP_ADDR\n", "CTID STATUS\n101\n", "CTID STATUS\nvps1 running\n"})
        CHECK(parse_containers(bad).state_of("101").value == Value::unknown);
}

TEST_CASE("/etc/vz/conf/CTID.conf: real files") {
    if (const auto text = test::sample("vz/glpi-openvz-example-config-new.conf.txt")) {
        const auto file = parse_container_file(*text);
        REQUIRE(file.has_value());
        CHECK(file->onboot);
        CHECK(file->memory_kib == 1024 * 1024);
        CHECK(file->private_area == "/vz/private/$VEID");
        CHECK(file->vcpus == 0);
    }
    if (const auto text = test::sample("vz/glpi-virtuozzo-sample1-ctid-conf.txt"))
        CHECK(parse_container_file(*text)->memory_kib == 1536 * 1024);
}

TEST_CASE("/etc/vz/conf/CTID.conf: what is no setting is told with its line") {
    for (const std::string bad : {"ONBOOT yes", "ONBOOT=\"perhaps\"", "CPUS=\"many\"", "PHYSPAGES=\"0:lots\"", "A=\"b", "A=b c", "=x"}) {
        CAPTURE(bad);
        const auto file = parse_container_file("# fine\nHOSTNAME=\"vps\"\n" + bad + "\n");
        REQUIRE_FALSE(file.has_value());
        CHECK(file.error().find("line 3 is not understood") == 0);
    }
    CHECK(parse_container_file("PHYSPAGES=\"unlimited\"\n")->memory_kib == 0);
    CHECK(parse_container_file("PHYSPAGES=\"0:9223372036854775807\"\n")->memory_kib == 0);
}

TEST_CASE("sizes of OpenVZ") {
    CHECK(parse_memory("1G") == 1024u * 1024);
    CHECK(parse_memory("2.2G") == 2306867u);
    CHECK(parse_memory("131072") == 131072u * 4);
    CHECK(parse_memory("512K") == 512u);
    for (const std::string bad : {"", "G", "-1G", "1GB", "one", "nan", "1 G"}) CHECK(parse_memory(bad) == std::nullopt);
}

TEST_CASE("the flag of a container that boots at the recovery site is in its private area") {
    test::Played<Vz> node("file: /etc/vz/conf/101.conf\ntext: VE_PRIVATE=\"/vz/private/$VEID\"\n");
    CHECK(node.driver.drp_flag({"101", "vps1"}) == "/vz/private/101/.drp_flag");
    CHECK(node.driver.drp_flag({"102", "vps2"}) == std::nullopt);
}

TEST_CASE("a container whose file can't be read shows its state, and says what is not known") {
    test::Played<Vz> node("look: vzlist -a\nout: CTID NPROC STATUS IP_ADDR HOSTNAME\nout: 101 9 running - vps1\n");
    const auto state = node.look({"101", "vps1"});
    CHECK(state.value == Value::running);
    REQUIRE(state.warnings.size() == 1);
    CHECK(state.warnings.front().find("/etc/vz/conf/101.conf") != std::string::npos);
}

TEST_CASE("a host without containers") {
    test::Played<Vz> node("look: vzlist -a\nerr: Container(s) not found\nexit: 1\n");
    CHECK(node.look({"101", "vps1"}).value == Value::absent);
}

}  // namespace svcmgr::vz
