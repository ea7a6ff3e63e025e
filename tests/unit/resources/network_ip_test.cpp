// A container's place in a network of docker, as its status says it and as a start mends it.

#include "resources/network_ip.h"

#include <doctest/doctest.h>

#include "tests/unit/resources/container_world.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

using Names = std::vector<std::string>;
using Values = std::map<std::string, std::string>;

const Values asked_for = {{"network", "net1"}, {"ipname", "10.1.1.3"}, {"create", "true"}, {"subnet", "10.1.1.0/24"}};

struct Fixture : ContainerWorld {
    Fixture() : ContainerWorld("docker") {
        networks().state.network_exists = true;
        networks().state.connected = true;
        networks().state.addresses = {"10.1.1.3"};
    }
    NetworkIp resource(const Values& values = asked_for) {
        const Options options = address("docker", values);
        return {Rid("ip#1"), options, *container, network_of(options)};
    }
    Names verbs(const NetworkIp& ip, Goal goal = Goal::up) {
        Names names;
        for (const Verb& verb : intend(ip, goal).verbs) names.push_back(verb.name);
        return names;
    }
};

std::string problem(Values values) {
    values["network"] = "net1";
    return problem_of_network(ContainerWorld::address("docker", values));
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a container that is in the network with its address is up, and left alone") {
    const NetworkIp ip = resource();
    const ResourceObservation seen = look(ip);
    CHECK(text_of(seen) == "up");
    CHECK(seen.label == "10.1.1.3@net1");
    CHECK(intend(ip, Goal::up).left_alone == "box is in the network net1");
    CHECK(intend(ip, Goal::down).left_alone == "it goes with its container; the network stays");
}

TEST_CASE_FIXTURE(Fixture, "one that gets its address from the network has whichever it gave") {
    networks().state.addresses = {"10.1.1.9", "fd00::9"};
    CHECK(look(resource({{"network", "net1"}})).label == "10.1.1.9,fd00::9@net1");
    CHECK(look(resource({{"network", "net1"}, {"ipname", "FD00:0::9"}})).status == Status::up);
}

TEST_CASE_FIXTURE(Fixture, "a container that is down: the start of the container connects it, the network is there") {
    guest().value = GuestState::Value::stopped;
    networks().state.connected = false;
    const NetworkIp ip = resource();
    CHECK(text_of(look(ip)) == "down; info: container is down");
    CHECK(intend(ip, Goal::up).left_alone == "container#1 is connected before it is started");
    CHECK(verbs(ip).empty());
}

TEST_CASE_FIXTURE(Fixture, "a network that is missing is made where the section says so, and else refuses the start") {
    guest().value = GuestState::Value::absent;
    networks().state = {};
    const NetworkIp ip = resource();
    CHECK(text_of(look(ip)) == "down; info: there is no network net1");
    CHECK(verbs(ip) == Names{"make network"});
    perform(ip, "make network");
    CHECK(networks().done == Names{"make net1"});
    CHECK(changed);
    const Intent refused = intend(resource({{"network", "net1"}}), Goal::up);
    REQUIRE(refused.refusal.has_value());
    CHECK(std::string(refused.refusal->message()) == "there is no network net1");
    CHECK_FALSE(refused.refusal->hint().empty());
}

TEST_CASE_FIXTURE(Fixture, "a network that was removed behind a container that runs: down, made again, connected again") {
    networks().state = {};
    const NetworkIp ip = resource();
    CHECK(text_of(look(ip)) == "down; warn: the network net1 is gone");
    CHECK(verbs(ip) == Names{"make network", "connect"});
    perform(ip, "connect");
    CHECK(networks().done == Names{"connect box to net1"});
    const NetworkIp given = resource({{"network", "net1"}});
    CHECK(text_of(look(given)) == "down; warn: the network net1 is gone");
    CHECK(intend(given, Goal::up).refusal.has_value());
}

TEST_CASE_FIXTURE(Fixture, "a container that was disconnected, or restarted outside without its address, is connected again") {
    networks().state.connected = false;
    const NetworkIp ip = resource();
    CHECK(text_of(look(ip)) == "down; warn: box is not connected to the network net1");
    CHECK(verbs(ip) == Names{"connect"});
    networks().state.connected = true;
    networks().state.addresses = {"10.1.1.77"};
    CHECK(text_of(look(ip)) == "down; warn: box has another address in net1 than its section says: 10.1.1.77");
    CHECK(verbs(ip) == Names{"connect"});
}

TEST_CASE_FIXTURE(Fixture, "a container that has no address there yet is told from one that has another") {
    networks().state.addresses.clear();
    CHECK(text_of(look(resource())) == "down; warn: box has no address in net1");
    CHECK(look(resource({{"network", "net1"}})).label == "no address@net1");
}

TEST_CASE_FIXTURE(Fixture, "an address that is taken: docker's words, with the network's place") {
    networks().problem = Error(Error::Code::failed, "docker refused POST /networks/x/connect: Address already in use", "network net1");
    const std::string said = failure(resource(), "connect");
    CHECK(said.find("Address already in use") != std::string::npos);
    CHECK(said.find("network net1") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "what differs of the network is a warning that a start does not mend") {
    networks().state.differences = {"the network net1 is of the driver macvlan, not bridge"};
    const NetworkIp ip = resource();
    CHECK(text_of(look(ip)) == "warn; warn: the network net1 is of the driver macvlan, not bridge");
    CHECK(verbs(ip).empty());
    CHECK_FALSE(intend(ip, Goal::up).refusal.has_value());
}

TEST_CASE_FIXTURE(Fixture, "docker that does not answer is no verdict, and no start") {
    networks().state = {};
    networks().state.problem = "docker does not answer within 2 s";
    const NetworkIp ip = resource();
    CHECK(text_of(look(ip)) == "undef; warn: docker does not answer within 2 s");
    REQUIRE(intend(ip, Goal::up).refusal.has_value());
    networks().state.problem.clear();
    guest() = {GuestState::Value::unknown, "it hangs", {}};
    CHECK(text_of(look(ip)) == "undef; warn: it hangs");
    table.one.has_networks = false;
    CHECK(look(ip).status == Status::undef);
    CHECK(failure(ip, "connect").find("docker has no networks of its own") != std::string::npos);
    CHECK(failure(ip, "fly").find("has no verb 'fly'") != std::string::npos);
}

TEST_CASE("sections that describe no network say why, before docker does") {
    CHECK(problem({}) == "");
    CHECK(problem({{"create", "true"}, {"subnet", "10.1.1.0/24 fd00::/64"}, {"gateway", "fd00::1"}, {"options", "parent=eth0"}}) == "");
    CHECK(problem({{"ipname", "web"}}) == "`ipname` in a network of docker has to be numeric: 'web'");
    for (const char* keyword : {"driver", "subnet", "options", "gateway", "internal"})
        CHECK(problem({{keyword, "true"}}) ==
              fmt::format("`{}` says how the network is made, and `create` does not say that it is", keyword));
    CHECK(problem({{"create", "true"}, {"subnet", "10.1.1.0"}}) == "`subnet` is no address and prefix: '10.1.1.0'");
    CHECK(problem({{"create", "true"}, {"subnet", "10.1.1.0/33"}}) == "`subnet` is no address and prefix: '10.1.1.0/33'");
    CHECK(problem({{"create", "true"}, {"gateway", "10.1.1.1"}}) == "the gateway 10.1.1.1 is in none of the subnets");
    CHECK(problem({{"create", "true"}, {"subnet", "10.1.1.0/24"}, {"gateway", "10.1.2.1"}}) ==
          "the gateway 10.1.2.1 is in none of the subnets");
    CHECK(problem({{"create", "true"}, {"subnet", "10.1.1.0/24"}, {"gateway", "router"}}) == "`gateway` is no address: 'router'");
    CHECK(problem_of_network(ContainerWorld::address("docker", {})).find("need `network`") != std::string::npos);
}
