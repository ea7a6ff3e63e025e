#include "resources/guest_addresses.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "drivers/files/real_files.h"
#include "drivers/process/real_processes.h"
#include "drivers/real_host.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;

namespace {

using Pairs = std::set<std::pair<std::string, std::string>>;

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string recorded(const std::string& name) {
    const std::string text = read_file(std::string(SVCMGR_SOURCE_DIR) + "/tests/unit/resources/data/" + name);
    REQUIRE_FALSE(text.empty());
    return text;
}

Pairs pairs(const GuestAddresses& addresses) {
    CHECK(addresses.problem == "");
    Pairs result;
    for (const auto& [adapter, address] : addresses.addresses) result.emplace(adapter, address);
    CHECK(result.size() == addresses.addresses.size());
    return result;
}

SshOutcome ran(int exit_code, std::string out, std::string err = {}) {
    SshOutcome outcome{SshOutcome::Value::ran, {}, {}};
    outcome.result.exit_code = exit_code;
    outcome.result.out = std::move(out);
    outcome.result.err = std::move(err);
    return outcome;
}

/// A guest that knows some commands, by their words without `env` and its variables.
struct Guest {
    std::map<std::string, SshOutcome> commands;
    std::vector<std::string> asked;

    SshOutcome run(const Argv& argv) {
        REQUIRE(argv.front() == "env");
        auto first =
            std::find_if(argv.begin() + 1, argv.end(), [](const std::string& word) { return word.find('=') == std::string::npos; });
        std::string command;
        for (auto word = first; word != argv.end(); ++word) command += (command.empty() ? "" : " ") + *word;
        asked.push_back(command);
        auto known = commands.find(command);
        return known == commands.end() ? ran(127, "", "env: " + *first + ": No such file or directory") : known->second;
    }

    GuestAddresses ask() {
        return guest_addresses([this](const Argv& argv) { return run(argv); });
    }
};

const std::string hpux_netstat =
    "Name      Mtu  Network         Address         Ipkts   Ierrs Opkts   Oerrs Coll\n"
    "lan0:1    1500 10.0.3.0        10.0.3.18       121     0     6       0     0\n"
    "lan1*     1500 none            none            0       0     0       0     0\n"
    "lan0      1500 10.0.3.0        10.0.3.17       1823744990 0     23598735 0     0\n"
    "lo0       4136 127.0.0.0       127.0.0.1       7048047 0     7048047 0     0\n"
    "\n"
    "Name      Mtu  Address/Prefix                               Ipkts         Opkts\n"
    "lan0      1500 fe80::21c:c4ff:fe39:ff63/10                   10            12\n";

}  // namespace

TEST_CASE("the same guest is seen the same, whichever of its tools answers") {
    const Pairs expected = {{"lo", "127.0.0.1"},
                            {"lo", "::1"},
                            {"eth0", "10.0.3.17"},
                            {"eth0:1", "10.0.3.18"},
                            {"eth0", "fd00:3::17"},
                            {"eth0", "fe80::5054:ff:fea6:c3d7"},
                            {"eth0.12", "10.0.12.17"},
                            {"if27", "fe80::a8dc:a7ff:fe46:4ef"},
                            {"tun0", "10.8.0.1"},
                            {"verylongname0", "192.0.2.9"},
                            {"verylongname0", "fe80::2468:3ff:fed3:1f2f"}};
    CHECK(pairs(parse_ip_addr(recorded("iproute2-o-addr.txt"))) == expected);
    CHECK(pairs(parse_ip_addr(recorded("iproute2-addr.txt"))) == expected);
    CHECK(pairs(parse_ip_addr(recorded("busybox-ip-o-addr.txt"))) == expected);
    CHECK(pairs(parse_ifconfig(recorded("net-tools-ifconfig-a.txt"))) == expected);
    CHECK(pairs(parse_ifconfig(recorded("busybox-ifconfig-a.txt"))) == expected);
}

TEST_CASE("published outputs of ip are understood") {
    const std::string directory = std::string(SVCMGR_SOURCE_DIR) + "/../shared/fixtures/ip/";
    const std::map<std::string, Pairs> samples = {
        {"opensvc-01-om-demomac-docker-exec-it-demomac-container-n.txt", {{"eth0", "192.168.1.123"}}},
        {"opensvc-02-ip-addr-list-eth0.txt", {{"eth0", "192.168.121.249"}, {"eth0:1", "192.168.121.42"}}},
        {"opensvc-03-ip-addr-list-eth0.txt", {{"eth0", "37.59.71.22"}, {"eth0:1", "37.59.71.26"}, {"eth0", "fe80::5054:ff:fedb:db29"}}},
    };
    if (!std::filesystem::exists(directory)) {
        MESSAGE("skipped: no samples at " << directory);
        return;
    }
    for (const auto& [name, expected] : samples) {
        const auto& the_name = name;
        CAPTURE(the_name);
        CHECK(pairs(parse_ip_addr(read_file(directory + name))) == expected);
    }
}

TEST_CASE("ip: links between the addresses, labels that are none, and what a login script says") {
    const std::string text =
        "Welcome to vm188\n"
        "inet 10.9.9.9/8 is not an adapter's\n"
        "2: eth0@if3: <BROADCAST,UP> mtu 1500 qdisc noop state UP \\    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n"
        "2: eth0    inet 10.0.0.1/24 scope global secondary dynamic noprefixroute uplink\\       valid_lft 86sec preferred_lft 86sec\n"
        "2: eth0    inet6 fe80::1/64 scope link tentative \n"
        "3: eth1    inet 0.0.0.0/32 scope global eth1\\       valid_lft forever\n"
        "3: eth1    inet 10.0.0.300/24 scope global eth1\n"
        "3: eth1    inet\n"
        "10: tasks done since 9:00\n"
        "    inet 10.9.9.7/8 scope global nobody\n"
        "bye\n"
        "    inet 10.9.9.8/8 scope global nobody\n";
    CHECK(pairs(parse_ip_addr(text)) == Pairs{{"eth0", "10.0.0.1"}, {"eth0", "fe80::1"}});
}

TEST_CASE("ifconfig of net-tools before 2.0") {
    const std::string text =
        "eth0      Link encap:Ethernet  HWaddr 52:54:00:A6:C3:D7  \n"
        "          inet addr:10.0.3.17  Bcast:10.0.3.255  Mask:255.255.255.0\n"
        "          inet6 addr: fe80::5054:ff:fea6:c3d7/64 Scope:Link\n"
        "          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n"
        "\n"
        "eth0:1    Link encap:Ethernet  HWaddr 52:54:00:A6:C3:D7  \n"
        "          inet addr:10.0.3.18  Bcast:10.0.3.255  Mask:255.255.255.0\n"
        "\n"
        "ppp0      Link encap:Point-to-Point Protocol  \n"
        "          inet addr:10.8.0.1  P-t-P:10.8.0.2  Mask:255.255.255.255\n";
    CHECK(pairs(parse_ifconfig(text)) ==
          Pairs{{"eth0", "10.0.3.17"}, {"eth0", "fe80::5054:ff:fea6:c3d7"}, {"eth0:1", "10.0.3.18"}, {"ppp0", "10.8.0.1"}});
}

TEST_CASE("ifconfig of FreeBSD: several addresses an adapter, tunnels, zones") {
    const std::string text =
        "vtnet0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500\n"
        "\toptions=6c07bb<RXCSUM,TXCSUM,VLAN_MTU,LRO>\n"
        "\tether 58:9c:fc:00:00:01\n"
        "\tinet 10.0.3.17 netmask 0xffffff00 broadcast 10.0.3.255\n"
        "\tinet 10.0.3.18/32 broadcast 10.0.3.18\n"
        "\tinet6 fe80::5a9c:fcff:fe00:1%vtnet0 prefixlen 64 scopeid 0x1\n"
        "\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n"
        "\tmedia: Ethernet 10Gbase-T <full-duplex>\n"
        "lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> metric 0 mtu 16384\n"
        "\tinet6 ::1 prefixlen 128\n"
        "\tinet 127.0.0.1 netmask 0xff000000\n"
        "\tgroups: lo\n"
        "gif0: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> metric 0 mtu 1280\n"
        "\ttunnel inet 10.1.1.1 --> 10.2.2.2\n"
        "\tinet 10.8.0.1 --> 10.8.0.2 netmask 0xffffffff\n";
    CHECK(pairs(parse_ifconfig(text)) == Pairs{{"vtnet0", "10.0.3.17"},
                                               {"vtnet0", "10.0.3.18"},
                                               {"vtnet0", "fe80::5a9c:fcff:fe00:1"},
                                               {"lo0", "::1"},
                                               {"lo0", "127.0.0.1"},
                                               {"gif0", "10.8.0.1"}});
}

TEST_CASE("ifconfig of Solaris: both protocols apart, zones, addresses that are not set") {
    const std::string text =
        "lo0: flags=2001000849<UP,LOOPBACK,RUNNING,MULTICAST,IPv4,VIRTUAL> mtu 8232 index 1\n"
        "        inet 127.0.0.1 netmask ff000000 \n"
        "e1000g0: flags=1004843<UP,BROADCAST,RUNNING,MULTICAST,DHCP,IPv4> mtu 1500 index 2\n"
        "        inet 10.0.3.17 netmask ffffff00 broadcast 10.0.3.255\n"
        "        ether 0:50:56:9b:8:5 \n"
        "e1000g0:1: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 2\n"
        "        zone vz1\n"
        "        inet 10.0.3.18 netmask ffffff00 broadcast 10.0.3.255\n"
        "e1000g1: flags=1000842<BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 3\n"
        "        inet 0.0.0.0 netmask 0 \n"
        "ip.tun0: flags=10008d1<UP,POINTOPOINT,RUNNING,NOARP,MULTICAST,IPv4> mtu 1480 index 4\n"
        "        inet tunnel src 10.1.1.1 tunnel dst 10.2.2.2\n"
        "        inet 10.8.0.1 --> 10.8.0.2 netmask ffffff00 \n"
        "lo0: flags=2002000849<UP,LOOPBACK,RUNNING,MULTICAST,IPv6,VIRTUAL> mtu 8252 index 1\n"
        "        inet6 ::1/128 \n"
        "e1000g0: flags=20002000841<UP,RUNNING,MULTICAST,IPv6> mtu 1500 index 2\n"
        "        inet6 fe80::250:56ff:fe9b:805/10 \n";
    CHECK(pairs(parse_ifconfig(text)) == Pairs{{"lo0", "127.0.0.1"},
                                               {"e1000g0", "10.0.3.17"},
                                               {"e1000g0:1", "10.0.3.18"},
                                               {"ip.tun0", "10.8.0.1"},
                                               {"lo0", "::1"},
                                               {"e1000g0", "fe80::250:56ff:fe9b:805"}});
}

TEST_CASE("an address whose adapter is not known is not given to another") {
    const std::string text =
        "lo0: flags=849<UP,LOOPBACK> mtu 8232\n"
        "        inet 127.0.0.1 netmask ff000000\n"
        "vm188# ifconfig mystery\n"
        "        inet 10.0.3.17 netmask ffffff00\n";
    CHECK(pairs(parse_ifconfig(text)) == Pairs{{"lo0", "127.0.0.1"}});
}

TEST_CASE("what is not understood is said, with its line") {
    CHECK(parse_ip_addr("").problem == "there is no output: \"1: lo: …\" or \"1: lo inet …\" expected");
    CHECK(parse_ip_addr("\nUsage: ip [ OPTIONS ]\nmore\n").problem.starts_with("don't understand line 2, 'Usage: ip [ OPTIONS ]'"));
    CHECK(parse_ifconfig("ifconfig: no such interface\n").problem.starts_with("don't understand line 1, 'ifconfig: no such interface'"));
    CHECK(parse_ifconfig("\x1b[2J" + std::string(1000, 'x')).problem.find("\x1b") == std::string::npos);
    CHECK(parse_ifconfig("\x1b[2J" + std::string(1000, 'x')).problem.size() < 200);
    CHECK_FALSE(parse_netstat_adapters("Kernel Interface table\nIface MTU Met\neth0 1500 0\n"));
    CHECK(parse_ip_addr("1: lo: <LOOPBACK> mtu 65536\n").problem.empty());
}

TEST_CASE("netstat -win of HP-UX lists each adapter once, also those that are down") {
    auto adapters = parse_netstat_adapters(hpux_netstat);
    REQUIRE(adapters);
    CHECK(*adapters == std::vector<std::string>{"lan0:1", "lan1", "lan0", "lo0"});
    adapters = parse_netstat_adapters("Name Mtu Network Address\n-a 1500 none none\nlan0 many none none\nlan7 1500 none none\n");
    REQUIRE(adapters);
    CHECK(*adapters == std::vector<std::string>{"lan7"});
}

TEST_CASE("an alias is its adapter, a VLAN is not") {
    CHECK(adapter_matches("eth0", "eth0"));
    CHECK(adapter_matches("eth0", "eth0:1"));
    CHECK(adapter_matches("lan0:2", "lan0"));
    CHECK(adapter_matches("lan0:2", "lan0:1"));
    CHECK_FALSE(adapter_matches("eth0", "eth1"));
    CHECK_FALSE(adapter_matches("eth0", "eth0.12"));
    CHECK_FALSE(adapter_matches("eth1", "eth10"));
    CHECK_FALSE(adapter_matches("", ""));
    CHECK_FALSE(adapter_matches("", ":1"));
}

TEST_CASE("a guest is asked in the order of what it may have") {
    Guest linux_guest{{{"ip -o addr", ran(0, "1: lo    inet 127.0.0.1/8 scope host lo\n")}}, {}};
    CHECK(pairs(linux_guest.ask()) == Pairs{{"lo", "127.0.0.1"}});
    CHECK(linux_guest.asked == std::vector<std::string>{"ip -o addr"});

    Guest bsd{{{"ifconfig -a", ran(0, "lo0: flags=8049<UP> mtu 16384\n\tinet 127.0.0.1 netmask 0xff000000\n")}}, {}};
    CHECK(pairs(bsd.ask()) == Pairs{{"lo0", "127.0.0.1"}});
    CHECK(bsd.asked == std::vector<std::string>{"ip -o addr", "ifconfig -a"});

    Guest hpux{{{"ifconfig -a", ran(1, "", "ifconfig: no such interface")},
                {"netstat -win", ran(0, hpux_netstat)},
                {"ifconfig lan0", ran(0,
                                      "lan0: flags=1843<UP,BROADCAST,RUNNING,MULTICAST,CKO>\n"
                                      "        inet 10.0.3.17 netmask ffffff00 broadcast 10.0.3.255\n"
                                      "lan0: flags=4800841<UP,RUNNING,MULTICAST,PRIVATE,ONLINK>\n"
                                      "        inet6 fe80::21c:c4ff:fe39:ff63  prefix 10\n")},
                {"ifconfig lan0:1", ran(0,
                                        "lan0:1: flags=8000000000001843<UP,BROADCAST,RUNNING,MULTICAST,CKO,PORT>\n"
                                        "        inet 10.0.3.18 netmask ffffff00 broadcast 10.0.3.255\n")},
                {"ifconfig lan1", ran(1, "", "ifconfig: no such interface")},
                {"ifconfig lo0", ran(0, "lo0: flags=849<UP,LOOPBACK,RUNNING,MULTICAST>\n        inet 127.0.0.1 netmask ff000000 \n")}},
               {}};
    CHECK(pairs(hpux.ask()) ==
          Pairs{{"lan0", "10.0.3.17"}, {"lan0", "fe80::21c:c4ff:fe39:ff63"}, {"lan0:1", "10.0.3.18"}, {"lo0", "127.0.0.1"}});
}

TEST_CASE("a guest whose tools all fail: each says why") {
    Guest windows;
    GuestAddresses none = windows.ask();
    CHECK(none.addresses.empty());
    CHECK(none.problem.starts_with("the guest's addresses can't be read: "));
    for (const char* command : {"ip -o addr: ", "ifconfig -a: ", "netstat -win: "}) CHECK(none.problem.find(command) != std::string::npos);

    Guest odd{{{"ip -o addr", ran(0, "hello\n")}, {"netstat -win", ran(0, hpux_netstat)}}, {}};
    CHECK(odd.ask().problem.find("ip -o addr: don't understand line 1, 'hello'") != std::string::npos);
    CHECK(odd.ask().problem.find("ifconfig lan0: ") != std::string::npos);

    SshOutcome cut = ran(0, "1: lo    inet 127.0.0.1/8 scope host lo\n");
    cut.result.truncated = true;
    Guest endless{{{"ip -o addr", cut}}, {}};
    CHECK(endless.ask().problem.find("too much output") != std::string::npos);
}

TEST_CASE("a guest that does not answer is not asked again and again") {
    const SshOutcome silent{SshOutcome::Value::timed_out, "vm188: no answer", {}};
    Guest guest{{{"ip -o addr", silent}}, {}};
    CHECK(guest.ask().problem == "vm188: no answer");
    CHECK(guest.asked.size() == 1);

    Guest later{{{"netstat -win", ran(0, hpux_netstat)}, {"ifconfig lan1", silent}}, {}};
    CHECK(later.ask().problem == "vm188: no answer");
    CHECK(later.asked.back() == "ifconfig lan1");

    SshOutcome hung = ran(-1, "");
    hung.result.timed_out = true;
    Guest hanging{{{"ip -o addr", hung}}, {}};
    hanging.ask();
    CHECK(hanging.asked.size() == 1);
}

TEST_CASE("this machine as a guest") {
    test::RealTime time;
    RealHost host;
    RealFiles files(time.signals);
    RealProcesses processes(time.signals, host, files);
    GuestAddresses found = guest_addresses([&](const Argv& argv) {
        return SshOutcome{SshOutcome::Value::ran, {}, processes.run(argv, test::patience(time.clock))};
    });
    CHECK(found.problem == "");
    CHECK(std::find(found.addresses.begin(), found.addresses.end(), GuestAddress{"lo", "127.0.0.1"}) != found.addresses.end());
}
