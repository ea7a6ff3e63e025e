// Starting and stopping containers on an Engine that the test writes.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "drivers/hypervisor/docker/docker.h"
#include "drivers/hypervisor/docker/registry.h"
#include "tests/unit/docker/fake_engine.h"
#include "tests/unit/docker/guests.h"
#include "tests/unit/kvm/doubles.h"

namespace svcmgr::docker {

namespace {

const std::string id(64, 'b');
const std::string v = "/v1.41";

struct Stage {
    test::TestWorld world;
    test::FakeEngine engine;
    DockerHypervisor docker{world.world(), engine.socket(), "/auth.json"};

    Stage() {
        engine.on("GET " + v + "/containers/json", 200, "[]");
        engine.on("GET " + v + "/images/lab%3A1/json", 200, R"({"Id":"sha256:)" + id + "\"}");
        engine.on("POST " + v + "/containers/create", 201, R"({"Id":")" + id + "\"}");
        engine.on("POST " + v + "/containers/" + id + "/start", 204, "");
        engine.on("DELETE " + v + "/containers/" + id, 204, "");
    }
    nlohmann::json created() { return nlohmann::json::parse(engine.body_of("POST " + v + "/containers/create")); }
    Error start_fails(const Guest& guest) {
        try {
            docker.start(guest, world.patient());
        } catch (const Error& error) {
            return error;
        }
        return {Error::Code::failed, "it started"};
    }
    bool asked(const std::string& beginning) {
        for (const auto& line : engine.seen())
            if (line.starts_with(beginning)) return true;
        return false;
    }
};

}  // namespace

TEST_CASE("a container is made as its section says") {
    Stage stage;
    stage.world.files.content = {{"/srv/web", ""}, {"/dev/fuse", ""}, {"/common.env", "A=1\nROLE=none\n"}, {"/pw", "s3cret\n"}};
    stage.docker.start(
        guest_with({{"command", "run 'two words'"},
                    {"entrypoint", "/entry.sh -x"},
                    {"environment", "ROLE=server"},
                    {"env_file", "/common.env"},
                    {"secrets", "DB=/pw"},
                    {"volume_mounts", "/srv/web:/srv:ro data:/data"},
                    {"devices", "/dev/fuse"},
                    {"cap_add", "NET_ADMIN"},
                    {"labels", "a.b=c"},
                    {"privileged", "true"},
                    {"netns", "host"},
                    {"run_args", "-p 10.0.0.1:8080:80 -m 64m --cpus 1.5 -e X=y --health-cmd 'test -e /x' --health-interval 2s"}}),
        stage.world.patient());
    const auto body = stage.created();
    CHECK(body["Image"] == "lab:1");
    CHECK(body["Cmd"] == nlohmann::json{"run", "two words"});
    CHECK(body["Entrypoint"] == nlohmann::json{"/entry.sh", "-x"});
    CHECK(body["Env"] == nlohmann::json{"A=1", "DB=s3cret", "ROLE=server", "X=y"});
    CHECK(body["Labels"]["svcmgr.service"] == "web");
    CHECK(body["Labels"]["svcmgr.rid"] == "container#1");
    CHECK(body["Labels"]["a.b"] == "c");
    CHECK(body["Healthcheck"] == nlohmann::json{{"Test", {"CMD-SHELL", "test -e /x"}}, {"Interval", 2'000'000'000}});
    const auto host = body["HostConfig"];
    CHECK(host["RestartPolicy"]["Name"] == "no");
    CHECK(host["NetworkMode"] == "host");
    CHECK(host["Privileged"] == true);
    CHECK(host["CapAdd"] == nlohmann::json{"NET_ADMIN"});
    CHECK(host["Memory"] == 64 << 20);
    CHECK(host["NanoCpus"] == 1'500'000'000);
    CHECK(host["Devices"][0]["PathOnHost"] == "/dev/fuse");
    CHECK(host["Mounts"][0] == nlohmann::json{{"Type", "bind"}, {"Source", "/srv/web"}, {"Target", "/srv"}, {"ReadOnly", true}});
    CHECK(host["Mounts"][1]["Type"] == "volume");
    CHECK(host["PortBindings"]["80/tcp"][0] == nlohmann::json{{"HostIp", "10.0.0.1"}, {"HostPort", "8080"}});
    CHECK(stage.asked("POST " + v + "/containers/create?name=web.container.1"));
    CHECK(stage.asked("POST " + v + "/containers/" + id + "/start"));
}

TEST_CASE("the configuration's mark changes with what it says, and with nothing else") {
    test::TestWorld world;
    world.files.content["/e"] = "A=1\n";
    const auto mark = [&](const std::map<std::string, std::string>& said) {
        return creation_of(guest_with(said), world.files).configuration;
    };
    const std::string plain = mark({{"env_file", "/e"}});
    CHECK(mark({{"env_file", "/e"}}) == plain);
    CHECK(mark({{"env_file", "/e"}, {"start_timeout", "5"}}) == plain);
    CHECK(mark({{"env_file", "/e"}, {"tty", "true"}}) != plain);
    world.files.content["/e"] = "A=2\n";
    CHECK(mark({{"env_file", "/e"}}) != plain);
}

TEST_CASE("a secret that docker repeats in an error is not repeated by us") {
    Stage stage;
    stage.world.files.content = {{"/pw", "hunter2secret\n"}, {"/common.env", "ADMIN_PASSWORD=topsecret9\n"}};
    stage.engine.on("POST " + v + "/containers/create", 400, R"({"message":"invalid environment: hunter2secret, topsecret9"})");
    const Error error = stage.start_fails(guest_with({{"secrets", "DB=/pw"}, {"env_file", "/common.env"}}));
    CHECK(error.message() == "web.container.1 can't be started: docker says: invalid environment: ***, ***");
    CHECK(error.where() == "web.env:7:1");
    CHECK_FALSE(error.hint().empty());
}

TEST_CASE("a secret within another one leaves nothing of it") {
    Secrets secrets;
    secrets.add("abcd");
    secrets.add("abcdef");
    secrets.add("");
    secrets.add("x");
    CHECK(secrets.hidden_in("abcdef abcd abcabcd x") == "*** *** abc*** x");
}

TEST_CASE("a container that was made and can't be started is removed again") {
    Stage stage;
    stage.engine.on("POST " + v + "/containers/" + id + "/start", 400, R"({"message":"no such program"})");
    CHECK(stage.start_fails(guest_with({})).message().find("no such program") != std::string::npos);
    CHECK(stage.asked("DELETE " + v + "/containers/" + id));
}

TEST_CASE("what keeps a container from starting is known before anything is changed") {
    Stage stage;
    const auto obstacle = [&](const std::map<std::string, std::string>& said) {
        const auto outlook = stage.docker.outlook(guest_with(said), stage.world.patient());
        return outlook.obstacle ? outlook.obstacle->message() : "prepare: " + outlook.preparation;
    };
    CHECK(obstacle({}) == "prepare: ");
    CHECK(obstacle({{"volume_mounts", "/nowhere:/x"}}).find("its volume /nowhere: no such file") != std::string::npos);
    CHECK(obstacle({{"devices", "/dev/none"}}).find("its device /dev/none: no such file") != std::string::npos);
    CHECK(obstacle({{"env_file", "/none"}}) == "/none: no such file");
    CHECK(obstacle({{"run_args", "--frob"}}) == "--frob is no option of docker run that svcmgr knows");
    CHECK(obstacle({{"image", "none"}, {"image_pull_policy", "never"}}) == "the image none is not on this node");
    stage.engine.on("GET " + v + "/distribution/none/json", 404, R"({"message":"manifest unknown"})");
    CHECK(obstacle({{"image", "none"}}) == "the image none is not on this node, and its registry does not give it: manifest unknown");
    stage.engine.on("GET " + v + "/distribution/none/json", 200, "{}");
    CHECK(obstacle({{"image", "none"}}) == "prepare: the image none is not on this node");
    stage.engine.on("GET " + v + "/distribution/lab%3A1/json", 200, "{}");
    CHECK(obstacle({{"image_pull_policy", "always"}}) == "prepare: the image lab:1 is loaded before every start");
    for (const auto& line : stage.engine.seen()) CHECK(line.starts_with("GET "));

    Guest guest = guest_with({{"volume_mounts", "/srv/web/data:/x"}});
    guest.mount_points = {"/srv/web"};  // its service mounts it before the container starts
    CHECK_FALSE(stage.docker.outlook(guest, stage.world.patient()).obstacle);
    CHECK(stage.start_fails(guest).message().find("no such file") != std::string::npos);
    CHECK_FALSE(stage.asked("POST"));
}

TEST_CASE("an image is loaded with what its registry asks for, and the progress is told") {
    Stage stage;
    stage.world.files.content["/auth.json"] = R"({"auths":{"reg.lab:5000":{"auth":"YW5uYTpzZXNhbWU="}}})";
    stage.engine.on("POST " + v + "/images/create?fromImage=reg.lab%3A5000%2Fweb&tag=2", 200,
                    "{\"status\":\"Pulling from "
                    "web\",\"id\":\"2\"}\r\n{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":10},\"id\":"
                    "\"a1\"}\r\n{\"status\":\"Status: Downloaded newer image\"}\r\n");
    std::vector<std::string> told;
    stage.docker.prepare(
        guest_with({{"image", "reg.lab:5000/web:2"}}), [&](const std::string& line) { told.push_back(line); }, stage.world.patient());
    CHECK(told ==
          std::vector<std::string>{"2: Pulling from web", "50% of 0.0 MB, 0 of 1 layers are there", "Status: Downloaded newer image"});
    const std::string head = stage.engine.head_of("POST " + v + "/images/create");
    const auto at = head.find("X-Registry-Auth: ");
    REQUIRE(at != std::string::npos);
    const std::string auth = head.substr(at + 17, head.find("\r\n", at) - at - 17);
    CHECK(nlohmann::json::parse(from_base64(auth)) ==
          nlohmann::json{{"username", "anna"}, {"password", "sesame"}, {"serveraddress", "reg.lab:5000"}});
}

TEST_CASE("a load that fails in its middle is a failure") {
    Stage stage;
    const auto fails_with = [&](int status, const std::string& body) -> std::string {
        stage.engine.on("POST " + v + "/images/create", status, body);
        try {
            stage.docker.prepare(
                guest_with({}), [](const std::string&) {}, stage.world.patient());
        } catch (const Error& error) {
            return error.message();
        }
        return "it was loaded";
    };
    CHECK(fails_with(
              200,
              "{\"status\":\"Downloading\",\"id\":\"a\"}\n{\"errorDetail\":{\"message\":\"unauthorized\"},\"error\":\"unauthorized\"}\n") ==
          "the image lab:1 can't be loaded: unauthorized");
    CHECK(fails_with(404, R"({"message":"manifest unknown"})") == "the image lab:1 can't be loaded: manifest unknown");
    CHECK(fails_with(200, "<html>") == "the image lab:1 can't be loaded: its progress can't be read: <html>");
    CHECK(fails_with(200, "{\"status\":\"Pull complete\"}\n") == "it was loaded");
}

TEST_CASE("a stop sends the signal that the image wants; a forced one waits for the end") {
    Stage stage;
    const std::string one = fmt::format(
        R"([{{"Id":"{}","Names":["/x"],"State":"running","Status":"Up","Labels":{{"svcmgr.service":"web","svcmgr.rid":"container#1"}}}}])",
        id);
    stage.engine.on("GET " + v + "/containers/json", 200, one);
    stage.engine.on("GET " + v + "/containers/" + id + "/json", 200,
                    fmt::format(R"({{"Id":"{}","State":{{"Status":"running"}},"Config":{{"StopSignal":"SIGQUIT"}}}})", id));
    stage.engine.on("POST " + v + "/containers/" + id + "/kill", 204, "");
    stage.engine.on("POST " + v + "/containers/" + id + "/stop", 204, "");
    stage.docker.stop(guest_with({}), StopMode::ask, stage.world.patient());
    CHECK(stage.engine.seen().back() == "POST " + v + "/containers/" + id + "/kill?signal=SIGQUIT");
    stage.docker.stop(guest_with({}), StopMode::force, stage.world.patient());
    CHECK(stage.asked("POST " + v + "/containers/" + id + "/kill?signal=SIGKILL"));
    CHECK(stage.engine.seen().back() == "POST " + v + "/containers/" + id + "/stop?t=0");
    stage.engine.on("POST " + v + "/containers/" + id + "/stop", 500,
                    R"({"message":"tried to kill container, but did not receive an exit event"})");
    CHECK_THROWS_AS(stage.docker.stop(guest_with({}), StopMode::force, stage.world.patient()), Error);
}

TEST_CASE("a command's output is told apart from what is no output, and its exit code is not guessed") {
    Stage stage;
    const std::string one = fmt::format(
        R"([{{"Id":"{}","Names":["/x"],"State":"running","Status":"Up","Labels":{{"svcmgr.service":"web","svcmgr.rid":"container#1"}}}}])",
        id);
    stage.engine.on("GET " + v + "/containers/json", 200, one);
    stage.engine.on("POST " + v + "/containers/" + id + "/exec", 201, R"({"Id":")" + id + "\"}");
    stage.engine.on("POST " + v + "/exec/" + id + "/start", 200,
                    std::string("\1\0\0\0\0\0\0\3out", 11) + std::string("\2\0\0\0\0\0\0\4fail", 12));
    stage.engine.on("GET " + v + "/exec/" + id + "/json", 200, R"({"Running":false,"ExitCode":3})");
    const auto ran = stage.docker.run_inside(guest_with({}), {"x", "two words"}, stage.world.patient());
    CHECK(ran.value == SshOutcome::Value::ran);
    CHECK(ran.result.exit_code == 3);
    CHECK(ran.result.out == "out");
    CHECK(ran.result.err == "fail");
    CHECK(nlohmann::json::parse(stage.engine.body_of("POST " + v + "/containers/" + id + "/exec"))["Cmd"] ==
          nlohmann::json{"x", "two words"});
    stage.engine.on("GET " + v + "/exec/" + id + "/json", 200, R"({"Running":true,"ExitCode":null})");
    CHECK(stage.docker.run_inside(guest_with({}), {"x"}, stage.world.patient()).value == SshOutcome::Value::timed_out);
    stage.engine.on("POST " + v + "/exec/" + id + "/start", 200, "garbage of some length");
    CHECK(stage.docker.run_inside(guest_with({}), {"x"}, stage.world.patient()).value == SshOutcome::Value::unreachable);
}

}  // namespace svcmgr::docker
