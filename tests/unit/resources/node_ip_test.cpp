#include "resources/node_ip.h"

#include <doctest/doctest.h>

#include "resources/keywords.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

struct Fixture : NodeWorld {
    Fixture() {
        network.table.adapters = {{"eth0", true, true}, {"eth1", true, true}, {"eth2", false, false}};
        network.table.addresses = {{"eth0", "10.0.3.1", 24, "eth0", {}}, {"eth0", "2001:db8::1", 64, "", {}}};
    }
    static NodeIp ip(std::map<std::string, std::string> values = {}) {
        values.try_emplace("ipname", "10.0.3.17");
        values.try_emplace("ipdev", "eth0");
        return NodeIp(Rid("ip#1"), section("ip#1", {ip_keywords(), generic_keywords()}, values));
    }
    void plumbed(const std::string& adapter, const std::string& address = "10.0.3.17", int prefix = 24) {
        network.table.addresses.push_back({adapter, address, prefix, "", {}});
    }
};

using Done = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an address is up when its adapter has it, whatever way it is written") {
    CHECK(text_of(look(ip())) == "down");
    plumbed("eth0");
    CHECK(text_of(look(ip())) == "up");
    plumbed("eth0", "2001:db8::17", 64);
    CHECK(text_of(look(ip({{"ipname", "2001:DB8:0::17"}}))) == "up");
    network.names["svc1"] = "10.0.3.17";
    CHECK(text_of(look(ip({{"ipname", "svc1"}}))) == "up");
    CHECK(text_of(look(ip({{"ipname", "nobody"}}))) == "undef; warn: nobody can't be resolved: nobody has no address");
}

TEST_CASE_FIXTURE(Fixture, "another adapter, another netmask, no carrier and a duplicate are warnings") {
    plumbed("eth1");
    CHECK(text_of(look(ip())) == "warn; warn: 10.0.3.17 is on eth1, not on eth0");
    CHECK(intend(ip(), Goal::up).refusal.has_value());
    CHECK(intend(ip(), Goal::down).verbs.empty());
    network.table.addresses.pop_back();
    plumbed("eth0", "10.0.3.17", 16);
    CHECK(text_of(look(ip({{"netmask", "255.255.255.0"}}))) == "warn; warn: 10.0.3.17 has the netmask /16, not /24");
    CHECK(look(ip()).status == Status::up);
    network.table.adapters[0].carrier = false;
    CHECK(text_of(look(ip())) == "warn; warn: eth0 has no carrier");
    CHECK(look(ip({{"check_carrier", "false"}})).status == Status::up);
    network.table.adapters[0].carrier = true;
    network.table.addresses.back().state = AdapterAddress::State::duplicate;
    CHECK(text_of(look(ip())) == "warn; warn: another machine has 10.0.3.17 too");
}

TEST_CASE_FIXTURE(Fixture, "what can't be listed is undef, not down") {
    network.table.problem = "no netlink";
    CHECK(text_of(look(ip())) == "undef; warn: no netlink");
    CHECK(intend(ip(), Goal::up).refusal.has_value());
    CHECK(intend(ip(), Goal::down).verbs.size() == 1);
    CHECK(failure(ip(), "stop") != "");
}

TEST_CASE_FIXTURE(Fixture, "a start is refused beforehand without its adapter, with one that is down, and without a netmask") {
    CHECK(intend(ip({{"ipdev", "eth9"}}), Goal::up).refusal->message() == "there is no adapter eth9");
    CHECK(intend(ip({{"ipdev", "eth2"}}), Goal::up).refusal->message() == "eth2 is not up");
    CHECK(intend(ip({{"ipdev", "eth1"}}), Goal::up).refusal->message() == "eth1 has no address whose netmask could be taken");
    CHECK(intend(ip({{"netmask", "255.0.255.0"}}), Goal::up).refusal->message() == "'255.0.255.0' is no netmask of an IPv4 address");
    CHECK_FALSE(intend(ip({{"ipdev", "eth1"}, {"netmask", "24"}}), Goal::up).refusal);
}

TEST_CASE_FIXTURE(Fixture, "an address that answers ping is a conflict before anything is done, unless it is not routed") {
    network.answering["10.0.3.17"] = true;
    CHECK(intend(ip(), Goal::up).conflict->message() == "another machine has 10.0.3.17: it answers ping");
    CHECK_FALSE(intend(ip({{"tags", "nonrouted"}}), Goal::up).conflict);
    CHECK(look(ip()).status == Status::down);
}

TEST_CASE_FIXTURE(Fixture, "a start asks, adds and announces, with the netmask of the adapter and the first free alias") {
    network.table.addresses.push_back({"eth0", "10.0.3.16", 24, "eth0:1", {}});
    perform(ip(), "start");
    CHECK(network.done == Done{"probe 10.0.3.17", "add 10.0.3.17/24 eth0 eth0:2", "announce 10.0.3.17"});
    network.done.clear();
    perform(ip(), "start");
    CHECK(network.done.empty());
    CHECK(notes == std::vector<std::string>{"10.0.3.17 is already on eth0"});
    perform(ip({{"ipname", "10.0.3.18"}, {"netmask", "0xffffff80"}, {"alias", "false"}}), "start");
    CHECK(network.done[1] == "add 10.0.3.18/25 eth0 ");
    perform(ip({{"ipname", "2001:db8::17"}}), "start");
    CHECK(network.done[4] == "add 2001:db8::17/64 eth0 ");
}

TEST_CASE_FIXTURE(Fixture, "an address that another machine claims is not added") {
    network.owner = "52:54:00:aa:bb:cc";
    CHECK(failure(ip(), "start").find("another machine has 10.0.3.17: 52:54:00:aa:bb:cc") != std::string::npos);
    CHECK(network.done == Done{"probe 10.0.3.17"});
    CHECK_FALSE(changed);
    network.owner.clear();
    network.probe_problem = "operation not permitted";
    CHECK(failure(ip(), "start") != "");
    CHECK_FALSE(changed);
}

TEST_CASE_FIXTURE(Fixture, "an IPv6 address that turns out to be a duplicate fails the start after it was added, so that it is undone") {
    network.state_of_new = AdapterAddress::State::duplicate;
    CHECK(failure(ip({{"ipname", "2001:db8::17"}}), "start").find("it answered the neighbour solicitation") != std::string::npos);
    CHECK(changed);
    network.table.addresses.pop_back();
    network.state_of_new = AdapterAddress::State::tentative;
    CHECK(failure(ip({{"ipname", "2001:db8::17"}}), "start", 5s).find("waited 5 s for 2001:db8::17 to be usable") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a stop takes the address away, and one that is elsewhere or gone is left alone") {
    plumbed("eth0", "10.0.3.17", 23);
    perform(ip(), "stop");
    CHECK(network.done == Done{"remove 10.0.3.17/23"});
    perform(ip(), "stop");
    plumbed("eth1");
    perform(ip(), "stop");
    CHECK(network.done.size() == 1);
}

TEST_CASE("launchers and triggers are told of the address") {
    const NodeIp ip = Fixture::ip({{"netmask", "24"}});
    CHECK(ip.environment() == std::vector<std::string>{"OPENSVC_IPNAME=10.0.3.17", "OPENSVC_IPDEV=eth0", "OPENSVC_MASK=24",
                                                       "OPENSVC_IPADDR=10.0.3.17", "OPENSVC_IP1=10.0.3.17 eth0 10.0.3.17 24"});
}
