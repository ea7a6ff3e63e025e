#include "drivers/hypervisor/netns/netns.h"

#include "drivers/hypervisor/keywords/netns.h"
#include "drivers/hypervisor/netns/namespaces.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::netns {

using Value = GuestState::Value;

TEST_CASE("ip netns list: names, with and without a number") {
    const auto list = parse_namespaces("cniSI (id: 3)\nblue\nred (id: 0)\n");
    CHECK(list.problem().empty());
    CHECK(list.guests().size() == 3);
    CHECK(list.state_of("cniSI").value == Value::running);
    CHECK(list.state_of("blue").value == Value::running);
    CHECK(list.state_of("green").value == Value::absent);
    CHECK(parse_namespaces("").problem().empty());
    for (const char* bad : {"cniSI (id: 3", "two words\n", "cniSI id: 3)"})
        CHECK(parse_namespaces(bad).state_of("cniSI").value == Value::unknown);
}

TEST_CASE("ip netns pids, and the values that grep prints") {
    CHECK(*parse_processes("4711\n4712\n") == std::vector<int>{4711, 4712});
    CHECK(parse_processes("")->empty());
    for (const char* bad : {"1", "-5", "0", "4711x", "Cannot open network namespace"}) CHECK_FALSE(parse_processes(bad).has_value());
    const auto values =
        parse_values("/proc/sys/net/ipv4/ip_forward:1\ngrep: no such file\n/proc/sys/net/ipv4/tcp_rmem:4096\t131072\t6291456\n");
    CHECK(values.size() == 2);
    CHECK(values.at("/proc/sys/net/ipv4/ip_forward") == "1");
}

TEST_CASE("settings: forwarding, dots and slashes, and what may become part of a path") {
    Options section("container#1", Place(), netns_keywords());
    section.set("forwarding", {"true", {}});
    section.set("sysctls", {"net.ipv4.conf.eth0/1.rp_filter=0 net.core.somaxconn=500", {}});
    const auto settings = netns_settings(section);
    CHECK(settings.at("net/ipv4/ip_forward") == "1");
    CHECK(settings.at("net/ipv6/conf/all/forwarding") == "1");
    CHECK(settings.at("net/ipv4/conf/eth0.1/rp_filter") == "0");
    CHECK(settings.at("net/core/somaxconn") == "500");
    CHECK(netns_problems(section).empty());
    for (const char* bad : {"kernel.panic=1", "net.ipv4.ip_forward", "net.//.//.//.etc=1", "net.ipv4.x;y=1"}) {
        CAPTURE(bad);
        section.set("sysctls", {bad, {}});
        CHECK(netns_problems(section).size() == 1);
    }
}

}  // namespace svcmgr::netns
