#include "drivers/hypervisor/docker/copy.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "drivers/hypervisor/docker/containers.h"
#include "drivers/hypervisor/docker/docker.h"
#include "tests/unit/docker/fake_engine.h"
#include "tests/unit/docker/guests.h"
#include "tests/unit/kvm/doubles.h"
#include "tests/unit/machine.h"

namespace svcmgr::docker {

namespace {

const GuestCopy copy{"web-rehearsal", "/rehearsal/web", "svcr0"};

struct Copying : test::Machine {
    std::map<std::string, ListedVolume> volumes;

    tl::expected<CopyDefinition, std::string> of(const std::map<std::string, std::string>& said) {
        const Guest guest = guest_with(said, "web");
        const FindVolume find = [&](const std::string& name) {
            const auto found = volumes.find(name);
            return found == volumes.end() ? std::nullopt : std::optional(found->second);
        };
        return copy_of_container(guest, creation_of(guest, files), copy, files, find);
    }
    nlohmann::json body_of(const std::map<std::string, std::string>& said) {
        auto made = of(said);
        REQUIRE_MESSAGE(made.has_value(), made.error());
        return made->creation.body;
    }
    std::string refusal_of(const std::string& keyword, const std::string& value) {
        const auto made = of({{keyword, value}});
        return made ? "" : made.error();
    }
};

}  // namespace

TEST_CASE("a copy is on the copy's bridge and no port of the node leads to it") {
    Copying copying;
    const auto body = copying.body_of({{"run_args", "-p 80:80 -P --network-alias db --log-driver syslog"}, {"netns", "front"}});
    const auto& host = body["HostConfig"];
    CHECK(host["NetworkMode"] == "svcr0");
    for (const char* name : {"PortBindings", "PublishAllPorts", "LogConfig"}) CHECK_FALSE(host.contains(name));
    CHECK(body["NetworkingConfig"]["EndpointsConfig"].size() == 1);
    CHECK(body["NetworkingConfig"]["EndpointsConfig"]["svcr0"]["Aliases"] == nlohmann::json{"db", "web"});
    CHECK(copying.body_of({{"netns", "none"}})["HostConfig"]["NetworkMode"] == "none");
    CHECK(copying.body_of({{"netns", "container#0"}})["HostConfig"]["NetworkMode"] == "container:container#0");
}

TEST_CASE("what it writes goes into layers; files are copied, what it only reads stays") {
    Copying copying;
    for (const char* directory : {"/srv/data", "/srv/read"}) copying.files.put_directory(directory);
    for (const char* file : {"/etc/web.conf", "/etc/read.conf"}) copying.files.put(file, "x");
    copying.volumes["named"] = {"local", "/var/lib/docker/volumes/named/_data", false};
    const auto made = copying.of({{"volume_mounts",
                                   "/srv/data:/data /srv/read:/read:ro /etc/web.conf:/web.conf /etc/read.conf:/r.conf:ro "
                                   "named:/named fresh:/fresh"}});
    REQUIRE_MESSAGE(made.has_value(), made.error());
    REQUIRE(made->layers.size() == 2);
    CHECK(made->layers[0].lower == "/srv/data");
    CHECK(made->layers[1].lower == "/var/lib/docker/volumes/named/_data");
    REQUIRE(made->files.size() == 1);
    CHECK(made->files[0].to == "/rehearsal/web/file0");
    const auto& mounts = made->creation.body["HostConfig"]["Mounts"];
    REQUIRE(mounts.size() == 6);
    CHECK(mounts[0]["Type"] == "volume");
    CHECK_FALSE(mounts[0].contains("Source"));
    CHECK(mounts[0]["VolumeOptions"]["DriverConfig"]["Options"]["o"] ==
          "lowerdir=/srv/data,upperdir=/rehearsal/web/layer0/upper,workdir=/rehearsal/web/layer0/work");
    CHECK(mounts[1] == nlohmann::json{{"Type", "bind"}, {"Source", "/srv/read"}, {"Target", "/read"}, {"ReadOnly", true}});
    CHECK(mounts[2] == nlohmann::json{{"Type", "bind"}, {"Source", "/rehearsal/web/file0"}, {"Target", "/web.conf"}});
    CHECK(mounts[3]["Source"] == "/etc/read.conf");
    CHECK(mounts[5] == nlohmann::json{{"Type", "volume"}, {"Target", "/fresh"}});
}

TEST_CASE("a copy is found by labels that its container does not have") {
    Copying copying;
    const auto body = copying.body_of({});
    CHECK(body["Labels"]["svcmgr.copy"] == "web-rehearsal");
    ListedContainer listed;
    for (const auto& [name, value] : body["Labels"].items()) listed.labels[name] = value;
    const Found found({listed});
    Guest guest = guest_with({}, "web");
    CHECK(found.of(guest).empty());
    guest.copy_directory = copy.directory;
    CHECK(found.of(guest).size() == 1);
    // A look at it compares it with what its container's section says.
    CHECK(body["Labels"][configuration_label] == creation_of(guest, copying.files).configuration);
}

TEST_CASE("a container whose copy could touch what is not its own has none") {
    Copying copying;
    copying.files.put_directory("/srv/a,b");
    copying.volumes["far"] = {"local", "/var/lib/docker/volumes/far/_data", true};
    copying.volumes["other"] = {"rexray", "", false};
    struct Case {
        std::string keyword, value, reason;
    };
    for (const Case& one : std::vector<Case>{{"privileged", "true", "it is privileged"},
                                             {"cap_add", "NET_ADMIN CAP_SYS_ADMIN", "the right CAP_SYS_ADMIN"},
                                             {"devices", "/dev/fuse", "it uses /dev/fuse"},
                                             {"netns", "host", "on this node's own network"},
                                             {"netns", "container:db", "the network of another container"},
                                             {"run_args", "--pid host", "it shares the processes of this node"},
                                             {"run_args", "--volumes-from db", "it has the volumes of db"},
                                             {"volume_mounts", "/run/docker.sock:/s:ro", "/run/docker.sock, which is of the node itself"},
                                             {"volume_mounts", "/:/node:ro", "which is of the node itself"},
                                             {"volume_mounts", "/nowhere:/x", "/nowhere, which it mounts, is not here"},
                                             {"volume_mounts", "/srv/a,b:/x", "no layer can be put above"},
                                             {"volume_mounts", "far:/x", "its volume far is not kept in a directory"},
                                             {"volume_mounts", "other:/x", "(driver rexray)"}}) {
        CAPTURE(one.keyword);
        CAPTURE(one.value);
        CHECK(copying.refusal_of(one.keyword, one.value).find(one.reason) != std::string::npos);
    }
    CHECK(copying.refusal_of("cap_add", "NET_ADMIN").empty());
}

TEST_CASE("a container at the disaster recovery site is told so") {
    test::TestWorld world;
    Guest guest = guest_with({}, "web");
    CHECK_FALSE(creation_of(guest, world.files).body.contains("Env"));
    guest.at_drp_site = true;
    CHECK(creation_of(guest, world.files).body["Env"] == nlohmann::json{"SVCMGR_DRP=1"});
}

TEST_CASE("a copy that ends takes its volumes along, and the network goes with the last one") {
    test::TestWorld world;
    test::FakeEngine engine;
    DockerHypervisor docker{world.world(), engine.socket(), "/auth.json"};
    const std::string id(64, 'c');
    engine.on("GET /v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22svcmgr.copy%3Dweb-rehearsal%22%5D%7D", 200,
              R"([{"Id":")" + id +
                  R"(","Names":["/web-rehearsal"],"Image":"lab:1","ImageID":"sha256:1","State":"running","Status":"Up 1 second",)"
                  R"("Created":1,"Labels":{},"HostConfig":{"NetworkMode":"svcr0"},"NetworkSettings":{"Networks":{}}}])");
    engine.on("POST /v1.41/containers/" + id, 204, "");
    engine.on("DELETE /v1.41/containers/" + id + "?v=1", 204, "");
    engine.on("DELETE /v1.41/networks/svcr0", 403, R"({"message":"network svcr0 has active endpoints"})");
    docker.end_copy(copy, world.patient());
    const auto seen = engine.seen();
    for (const std::string& line : {"POST /v1.41/containers/" + id + "/kill?signal=SIGKILL", "DELETE /v1.41/containers/" + id + "?v=1",
                                    std::string("DELETE /v1.41/networks/svcr0")}) {
        CAPTURE(line);
        CHECK(std::ranges::find(seen, line) != seen.end());
    }
}

}  // namespace svcmgr::docker
