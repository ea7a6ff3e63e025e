// What a drill asks docker about a container that is down. Each refusal here was seen on dockerd 20.10.

#include "tests/unit/needs.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "drivers/hypervisor/docker/docker.h"
#include "tests/unit/docker/fake_engine.h"
#include "tests/unit/docker/guests.h"
#include "tests/unit/kvm/doubles.h"

namespace svcmgr::docker {

namespace {

using test::Lines;

const std::string id(64, 'b');

struct Stage {
    test::TestWorld world;
    test::FakeEngine engine;
    DockerHypervisor docker{world.world(), engine.socket(), "/root/.docker/config.json"};

    Stage() {
        engine.on("GET /v1.41/networks/", 404, R"({"message":"network not found"})");
        engine.on("GET /v1.41/containers/", 404, R"({"message":"No such container"})");
        engine.on("GET /v1.41/info", 200, R"({"OSType":"linux","NCPU":2})");
    }
    void has_network(const std::string& name, const std::string& driver, const std::string& options = "{}") {
        engine.on(fmt::format("GET /v1.41/networks/{}", name), 200,
                  fmt::format(R"({{"Id":"{}","Name":"{}","Driver":"{}","Options":{}}})", id, name, driver, options));
    }
    void has_container(const std::string& name, const std::string& state, const std::string& service = {}) {
        engine.on(fmt::format("GET /v1.41/containers/{}/json", name), 200,
                  fmt::format(R"({{"Id":"{}","Name":"/{}","State":{{"Status":"{}"}},"Config":{{"Labels":{{{}}}}}}})", id, name, state,
                              service.empty() ? "" : fmt::format(R"("svcmgr.service":"{}")", service)));
    }
    void has_interface(const std::string& name) { world.files.content["/sys/class/net/" + name] = ""; }
    Lines told(const Guest& guest) { return test::told(docker.needs(guest, world.patient())); }
    Lines told(const std::string& run_args) { return told(guest_with({{"run_args", run_args}})); }
};

}  // namespace

// If this fails, a drill says yes of a node on which docker refuses the container.
TEST_CASE("a network of docker that is not there, and one whose bridge or parent is gone") {
    Stage stage;
    CHECK(stage.told("--network front") == Lines{"network front missing: docker has no such network on this node"});
    stage.has_network("front", "bridge");
    CHECK(stage.told("--network front") ==
          Lines{"network front", "bridge br-bbbbbbbbbbbb missing: this node has no bridge br-bbbbbbbbbbbb"});
    stage.has_interface("br-bbbbbbbbbbbb");
    CHECK(stage.told("--network front") == Lines{"network front", "bridge br-bbbbbbbbbbbb"});
    stage.has_network("named", "bridge", R"({"com.docker.network.bridge.name":"lan0"})");
    CHECK(stage.told("--network named") == Lines{"network named", "bridge lan0 missing: this node has no bridge lan0"});
    stage.has_network("direct", "macvlan", R"({"parent":"eth1"})");
    CHECK(stage.told("--network direct") == Lines{"network direct", "adapter eth1 missing: this node has no adapter eth1"});
    stage.has_network("alone", "macvlan");
    CHECK(stage.told("--network alone") == Lines{"network alone"});
    stage.has_network("swarm", "overlay", R"({"parent":"eth1"})");
    CHECK(stage.told("--network swarm") == Lines{"network swarm"});
}

TEST_CASE("docker's own networks: only the bridge that it has can be gone") {
    Stage stage;
    for (const std::string words : {"", "--network bridge", "--network default", "--network host", "--network none"}) {
        CAPTURE(words);
        CHECK(stage.told(words).empty());
    }
    stage.has_network("bridge", "bridge", R"({"com.docker.network.bridge.name":"docker0"})");
    CHECK(stage.told("") == Lines{"bridge docker0 missing: this node has no bridge docker0"});
    CHECK(stage.told("--network host").empty());
    stage.has_interface("docker0");
    CHECK(stage.told("") == Lines{"bridge docker0"});
}

TEST_CASE("of networks that sections of addresses name, their own resources say whether they are there") {
    Stage stage;
    Guest guest = guest_with({});
    guest.networks = {{.name = "front"}, {.name = "back"}};
    CHECK(stage.told(guest).empty());
    stage.has_network("back", "bridge", R"({"com.docker.network.bridge.name":"back0"})");
    CHECK(stage.told(guest) == Lines{"bridge back0 missing: this node has no bridge back0"});
}

TEST_CASE("others whose namespaces or volumes are shared") {
    Stage stage;
    const std::string nobody = "container db unknown: docker has no such container now, and it is not known who makes it";
    CHECK(stage.told("--network container:db") == Lines{nobody});
    CHECK(stage.told("--volumes-from db:ro") == Lines{nobody});
    CHECK(stage.told("--link db:database") == Lines{nobody});
    stage.has_container("db", "exited");
    CHECK(stage.told("--volumes-from db:ro") == Lines{"container db"});
    for (const std::string words : {"--network container:db", "--pid container:db", "--ipc container:db", "--link db:database",
                                    "--volumes-from db --pid container:db"}) {
        CAPTURE(words);
        CHECK(stage.told(words) == Lines{"container db missing: it is exited, and has to run"});
    }
    stage.has_container("db", "running");
    CHECK(stage.told("--network container:db") == Lines{"container db"});
    stage.has_container("db", "exited", "data");
    CHECK(stage.told("--pid container:db") ==
          Lines{"container db unknown: it is exited now; it is of the service data, which has to be up first"});
    // In a network that was made docker passes over links that lead nowhere.
    stage.has_network("front", "overlay");
    CHECK(stage.told("--network front --link nobody:x") == Lines{"network front"});
}

TEST_CASE("others of the same service are started before it: the order of its start sees to them") {
    Stage stage;
    CHECK(stage.told(guest_with({{"netns", "container#0"}})).empty());
    CHECK(stage.told("--pid container:web.container.0").empty());
    stage.has_container("base", "exited", "web");
    CHECK(stage.told("--pid container:base").empty());
}

TEST_CASE("processors, and nodes of memory") {
    Stage stage;
    CHECK(stage.told("--cpus 2") == Lines{"processor"});
    CHECK(stage.told("--cpus 2.5") == Lines{"processor missing: it is to have 2.5, and there are 2"});
    CHECK(stage.told("--cpuset-cpus 0").front().starts_with("processor unknown: which ones this node has can't be told: "));
    stage.world.files.content["/sys/fs/cgroup/cpuset/cpuset.cpus"] = "0-7\n";
    CHECK(stage.told("--cpuset-cpus 7") == Lines{"processor"});
    stage.world.files.content["/sys/fs/cgroup/cpuset.cpus.effective"] = "0-1,4\n";
    CHECK(stage.told("--cpuset-cpus 0,4") == Lines{"processor"});
    CHECK(stage.told("--cpuset-cpus 0-4") == Lines{"processor missing: it is to have 0-4, and there are 0-1,4"});
    CHECK(stage.told("--cpus 1 --cpuset-cpus 7") == Lines{"processor missing: it is to have 7, and there are 0-1,4"});
    CHECK(stage.told("--cpuset-cpus x") == Lines{"processor missing: 'x' is no set of numbers such as 0-2,5"});
    stage.world.files.content["/sys/fs/cgroup/cpuset.mems.effective"] = "0\n";
    CHECK(stage.told("--cpuset-mems 1") == Lines{"memory nodes missing: it is to have 1, and there are 0"});
}

TEST_CASE("docker takes any limit of memory: it is not compared") {
    Stage stage;
    CHECK(stage.told("--memory 100g").empty());
}

TEST_CASE("a docker that does not answer, or in no way that can be read: unknown, within the deadline") {
    Stage stage;
    stage.engine.on("GET /v1.41/networks/front", 200, "<html>");
    CHECK(stage.told("--network front --cpus 1") ==
          Lines{"network front unknown: docker's answer can't be read: a network has no id or no name", "processor"});
    stage.engine.on("GET /v1.41/networks/front", 400, R"x({"message":"network front is ambiguous (2 matches found on ID prefix)"})x");
    CHECK(stage.told("--network front") ==
          Lines{"network front unknown: docker says: network front is ambiguous (2 matches found on ID prefix)"});
    stage.engine.on("GET /v1.41/networks/front", [](const auto&) { return test::FakeEngine::hang(); });
    const auto needs = stage.docker.needs(guest_with({{"run_args", "--network front"}}), stage.world.soon());
    REQUIRE(needs.size() == 1);
    CHECK(needs.front().answer == HostNeed::Answer::unknown);
    CHECK(stage.told(guest_with({{"env_file", "/nowhere"}})).front().starts_with("definition missing: /nowhere"));
}

TEST_CASE("a look at needs only asks") {
    Stage stage;
    stage.told("--network front --pid container:db --cpus 1");
    for (const std::string& request : stage.engine.seen()) CHECK(request.starts_with("GET "));
}

}  // namespace svcmgr::docker
