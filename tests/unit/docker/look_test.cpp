// Looking at containers, also where what answers is no docker.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "drivers/hypervisor/docker/docker.h"
#include "drivers/hypervisor/keywords/docker.h"
#include "tests/unit/docker/fake_engine.h"
#include "tests/unit/kvm/doubles.h"

namespace svcmgr::docker {

namespace {

using Value = GuestState::Value;
using Answer = test::FakeEngine::Answer;

const std::string id(64, 'a');
const std::string list = "GET /v1.41/containers/json";

Guest guest_named(const std::string& service, const std::map<std::string, std::string>& said = {}) {
    Guest guest{service + ".container.1", service};
    guest.labels = {{"svcmgr.service", service}, {"svcmgr.rid", "container#1"}};
    auto section = std::make_shared<Options>("container#1", Place{service + ".env", 7, 1}, KeywordSet(docker_keywords()));
    section->set("image", {"lab:1", {service + ".env", 9, 1}});
    for (const auto& [keyword, value] : said) section->set(keyword, {value, {service + ".env", 9, 1}});
    guest.section = section;
    return guest;
}

std::string listed(const std::string& service, const std::string& state, const std::string& status, const std::string& more = {}) {
    return fmt::format(
        R"({{"Id":"{}","Names":["/{}.container.1"],"Image":"lab:1","ImageID":"sha256:{}","Command":"sleep","Created":1795168800,"State":"{}",
        "Status":"{}","Labels":{{"svcmgr.service":"{}","svcmgr.rid":"container#1"{}}},"HostConfig":{{"NetworkMode":"none"}},"Mounts":[]}})",
        id, service, id, state, status, service, more);
}

struct Stage {
    test::TestWorld world;
    test::FakeEngine engine;
    DockerHypervisor docker{world.world(), engine.socket(), "/root/.docker/config.json"};

    GuestState look(const Guest& guest) { return docker.look({&guest, 1}, world.patient()).front(); }
    GuestState look_soon(const Guest& guest) { return docker.look({&guest, 1}, world.soon()).front(); }
};

}  // namespace

TEST_CASE("a look at a thousand services is one question") {
    Stage stage;
    std::string all;
    std::vector<Guest> guests;
    for (int number = 0; number < 1000; ++number) {
        const std::string service = fmt::format("s{}", number);
        guests.push_back(guest_named(service));
        all += (number == 0 ? "[" : ",") + listed(service, "running", "Up 3 minutes");
    }
    stage.engine.on(list, 200, all + "]");
    const auto states = stage.docker.look(guests, stage.world.patient());
    REQUIRE(states.size() == 1000);
    for (const GuestState& state : states) CHECK(state.value == Value::running);
    CHECK(stage.docker.requests() == 2);  // the version is asked once
    stage.docker.look(guests, stage.world.patient());
    CHECK(stage.docker.requests() == 3);
    CHECK(stage.engine.seen().back() == list + "?all=1&filters=%7B%22label%22%3A%5B%22svcmgr.service%22%5D%7D");
}

TEST_CASE("each of docker's states means one thing") {
    const auto state_of = [](const std::string& state, const std::string& status) {
        Stage stage;
        stage.engine.on(list, 200, "[" + listed("web", state, status) + "]");
        return stage.look(guest_named("web"));
    };
    CHECK(state_of("running", "Up 3 minutes").value == Value::running);
    CHECK(state_of("running", "Up 3 minutes").health == GuestState::Health::unchecked);
    CHECK(state_of("running", "Up 3 minutes (healthy)").health == GuestState::Health::healthy);
    CHECK(state_of("running", "Up 3 minutes (unhealthy)").health == GuestState::Health::unhealthy);
    CHECK(state_of("running", "Up 3 seconds (health: starting)").health == GuestState::Health::starting);
    CHECK(state_of("paused", "Up 3 minutes (Paused)").value == Value::paused);
    CHECK(state_of("restarting", "Restarting (1) 2 seconds ago").value == Value::changing);
    CHECK(state_of("removing", "Removal In Progress").value == Value::changing);
    CHECK(state_of("exited", "Exited (137) 2 minutes ago").value == Value::stopped);
    CHECK(state_of("created", "Created").value == Value::stopped);
    CHECK(state_of("dead", "Dead").value == Value::stopped);
    CHECK(state_of("dead", "Dead").warnings.size() == 2);  // and that docker told no more of it
}

TEST_CASE("one that runs once has done its work when it ended with 0, since this boot, from the configuration of today") {
    Stage stage;
    const auto once = [&](const std::string& status, std::int64_t booted) {
        stage.world.files.content["/proc/stat"] = fmt::format("cpu 1 2 3\nbtime {}\n", booted);
        Guest guest = guest_named("web", {{"detach", "false"}});
        guest.runs_once = true;
        const std::string label = fmt::format(R"(,"svcmgr.config":"{}")", creation_of(guest, stage.world.files).configuration);
        stage.engine.on(list, 200, "[" + listed("web", "exited", status, label) + "]");
        DockerHypervisor docker(stage.world.world(), stage.engine.socket(), "/none");
        return docker.look({&guest, 1}, stage.world.patient()).front().value;
    };
    CHECK(once("Exited (0) 2 minutes ago", 1795168000) == Value::completed);
    CHECK(once("Exited (1) 2 minutes ago", 1795168000) == Value::stopped);
    CHECK(once("Exited (0) 2 days ago", 1795170000) == Value::stopped);
}

TEST_CASE("a service's containers are told apart by their rid, and services by their names") {
    Stage stage;
    stage.engine.on(list, 200, "[" + listed("web", "running", "Up 3 minutes") + "]");
    Guest second = guest_named("web");
    second.labels["svcmgr.rid"] = "container#2";
    Guest nobodys = guest_named("web");
    nobodys.labels.clear();
    const std::vector<Guest> guests = {guest_named("web"), second, guest_named("other"), nobodys};
    const auto states = stage.docker.look(guests, stage.world.patient());
    CHECK(states[0].value == Value::running);
    for (std::size_t i = 1; i < states.size(); ++i) CHECK(states[i].value == Value::absent);
}

TEST_CASE("a container with our name and not our labels is not ours") {
    Stage stage;
    stage.engine.on(list, 200, "[]");
    stage.engine.on(list + "?all=1&filters=%7B%22name", 200, "[" + listed("other", "running", "Up 1 second") + "]");
    Guest guest = guest_named("web");
    guest.name = "other.container.1";
    const auto state = stage.look(guest);
    CHECK(state.value == Value::absent);
    REQUIRE(state.warnings.size() == 1);
    CHECK(state.warnings.front().find("is not this service's: aaaaaaaaaaaa") != std::string::npos);
}

TEST_CASE("the version is the newest that both sides speak") {
    const auto first_question = [](const std::string& version) {
        Stage stage;
        stage.engine.version = version;
        const auto state = stage.look(guest_named("web"));
        return stage.engine.seen().size() > 1 ? stage.engine.seen()[1] : state.reason;
    };
    CHECK(first_question("1.24").starts_with("GET /v1.24/containers/json"));
    CHECK(first_question("1.41").starts_with("GET /v1.41/containers/json"));
    CHECK(first_question("1.99").starts_with("GET /v1.47/containers/json"));
    CHECK(first_question("2.0").starts_with("GET /v1.47/containers/json"));
    CHECK(first_question("1.12") == "this docker is too old: its API is 1.12, and at least 1.24 is needed");
    for (const char* wrong : {"", "nonsense", "1", "1.x", "1.24.3", "99999999999.1", "-1.24"})
        CHECK(first_question(wrong) == "what listens there is no docker, or one that is not ready");
}

TEST_CASE("whatever answers: the guest is unknown, with a reason of one line, and the look is over in time") {
    std::string million;
    for (int line = 0; line < 1'000'000; ++line) million += "x\n";
    const std::map<std::string, Answer> answers = {
        {"no HTTP", {{"SSH-2.0-OpenSSH_9.2\r\n"}, Answer::Then::close}},
        {"nothing", {{}, Answer::Then::close}},
        {"half a header", {{"HTTP/1.1 200 OK\r\nContent-Le"}, Answer::Then::close}},
        {"half a body", {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{\"Id\":"}, Answer::Then::close}},
        {"half a body and silence", {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{\"Id\":"}, Answer::Then::hang}},
        {"a broken chunk", {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]"}, Answer::Then::close}},
        {"silence", test::FakeEngine::hang()},
        {"no JSON", test::FakeEngine::reply(200, "Hello")},
        {"an object", test::FakeEngine::reply(200, R"({"a":1})")},
        {"a list of numbers", test::FakeEngine::reply(200, "[1,2]")},
        {"an error page", test::FakeEngine::reply(500, "<html>\n<body>no</body>\n</html>")},
        {"an error", test::FakeEngine::reply(500, R"({"message":"driver failed\nbadly"})")},
        {"10^6 lines", test::FakeEngine::reply(200, million)},
        {"deep nesting", test::FakeEngine::reply(200, std::string(100000, '['))},
        {"an id that is none", test::FakeEngine::reply(200, R"([{"Id":"../../x","State":"running"}])")},
        {"a state that is none", test::FakeEngine::reply(200, "[" + listed("web", "dancing", "Up") + "]")},
        {"labels that are none", test::FakeEngine::reply(200, R"([{"Id":"aaaaaaaaaaaa","State":"running","Labels":[1]}])")},
    };
    for (const auto& [name, answer] : answers) {
        const auto& the_name = name;
        CAPTURE(the_name);
        Stage stage;
        stage.engine.on(list, [&answer = answer](const auto&) { return answer; });
        const auto state = answer.then == Answer::Then::hang ? stage.look_soon(guest_named("web")) : stage.look(guest_named("web"));
        CHECK(state.value == Value::unknown);
        CHECK_FALSE(state.reason.empty());
        CHECK(state.reason.size() < 400);
        CHECK(state.reason.find('\n') == std::string::npos);
    }
}

TEST_CASE("an answer that comes in small pieces is one answer") {
    Stage stage;
    const std::string whole = test::FakeEngine::reply(200, "[" + listed("web", "running", "Up 3 minutes") + "]").pieces.front();
    Answer slow;
    for (const char c : whole) slow.pieces.emplace_back(1, c);
    stage.engine.on(list, [slow](const auto&) { return slow; });
    CHECK(stage.look(guest_named("web")).value == Value::running);
}

TEST_CASE("a connection that docker has closed meanwhile is made anew") {
    Stage stage;
    Answer closing = test::FakeEngine::reply(200, "[" + listed("web", "running", "Up 3 minutes") + "]");
    closing.then = Answer::Then::close;
    stage.engine.on(list, [closing](const auto&) { return closing; });
    for (int look = 1; look <= 3; ++look) CHECK(stage.look(guest_named("web")).value == Value::running);
}

TEST_CASE("nobody listens: that is said, and what to do") {
    test::TestWorld world;
    DockerHypervisor docker(world.world(), "/nowhere/docker.sock", "/none");
    const auto guest = guest_named("web");
    CHECK(docker.look({&guest, 1}, world.patient()).front().reason == "docker is not running");
    CHECK(docker.capabilities(world.patient()).problem == "docker is not running");
    CHECK(docker.output(guest, {}, world.patient()).problem == "docker is not running");
    CHECK(docker.outlook(guest, world.patient()).obstacle->hint().starts_with("start it with: systemctl start docker"));
}

namespace {

/// A container that runs, and what docker answers of its output: the last lines that were asked for, as frames.
void write(Stage& stage, const std::vector<std::string>& lines) {
    stage.engine.on(list, 200, "[" + listed("web", "running", "Up 1 second") + "]");
    stage.engine.on("GET /v1.41/containers/" + id + "/json", 200,
                    fmt::format(R"({{"Id":"{}","State":{{"Status":"running"}},"HostConfig":{{}},"Config":{{"Tty":true}}}})", id));
    stage.engine.on("GET /v1.41/containers/" + id + "/logs", [=](const test::FakeEngine::Request& request) {
        const auto tail = request.target.find("tail=");
        const std::size_t most = std::stoul(request.target.substr(tail + 5));
        std::string text;
        for (std::size_t i = lines.size() - std::min(most, lines.size()); i < lines.size(); ++i) text += lines[i] + "\n";
        return test::FakeEngine::reply(200, text);
    });
}

std::string at(int second, const std::string& text) {
    return fmt::format("2026-11-20T10:{:02}:{:02}.000000001Z {}", second / 60, second % 60, text);
}

}  // namespace

// `logs -f` of a container that writes faster than it is looked at.
TEST_CASE("who follows an output loses no line; the first look is at the last ones") {
    Stage stage;
    const Guest guest = guest_named("web");
    std::vector<std::string> lines;
    write(stage, lines);
    CHECK(stage.docker.output(guest, {2, ""}, stage.world.patient()).lines.empty());
    const std::string empty_mark = stage.docker.output(guest, {2, ""}, stage.world.patient()).mark;
    for (int second = 0; second < 1500; ++second) lines.push_back(at(second, "line"));
    Stage later;
    write(later, lines);
    CHECK(later.docker.output(guest, {2, empty_mark}, later.world.patient()).lines.size() == 1500);
    const GuestOutput first = later.docker.output(guest, {2, ""}, later.world.patient());
    CHECK(first.lines == std::vector<std::string>{at(1498, "line"), at(1499, "line")});
    CHECK(first.mark == "2026-11-20T10:24:59.000000001Z");
    CHECK(later.docker.output(guest, {2, first.mark}, later.world.patient()).lines.empty());
    const GuestOutput none = later.docker.output(guest, {0, ""}, later.world.patient());
    CHECK(none.lines.empty());
    CHECK(none.mark == first.mark);
    CHECK(later.docker.output(guest, {2, "2026-11-20T10:00:09.000000001Z"}, later.world.patient()).lines.size() == 1490);
}

TEST_CASE("an address or a subnet of IPv6 is the same however it is written") {
    Stage stage;
    stage.engine.on(list, 200, "[" + listed("web", "running", "Up 1 second") + "]");
    stage.engine.on("GET /v1.41/networks", 200,
                    R"([{"Id":"n1","Name":"front","Driver":"bridge","IPAM":{"Config":[{"Subnet":"2001:db8::/64"}]}}])");
    stage.engine.on("GET /v1.41/containers/" + id + "/json", 200,
                    R"({"NetworkSettings":{"Networks":{"front":{"NetworkID":"n1","GlobalIPv6Address":"2001:db8::2"}}}})");
    const Guest guest = guest_named("web");
    GuestNetwork network;
    network.name = "front";
    network.address6 = "2001:DB8:0::2";
    network.creation.wanted = true;
    network.creation.subnets = {"2001:DB8:0::/64"};
    GuestNetworks& networks = *stage.docker.networks();
    CHECK(networks.look(guest, network, stage.world.patient()).differences.empty());
    networks.connect(guest, network, stage.world.patient());
    for (const std::string& request : stage.engine.seen()) CHECK(request.find("POST") == std::string::npos);
    network.creation.subnets = {"2001:db8:1::/64"};
    CHECK(networks.look(guest, network, stage.world.patient()).differences.size() == 1);
}

TEST_CASE("a network that was made otherwise than its section says: each difference, without values of options") {
    Stage stage;
    stage.engine.on(list, 200, "[" + listed("web", "running", "Up 1 second") + "]");
    stage.engine.on("GET /v1.41/networks", 200, R"([{"Id":"n1","Name":"front","Driver":"bridge","Internal":true,
        "IPAM":{"Config":[{"Subnet":"10.1.0.0/24","Gateway":"10.1.0.1"},{"Subnet":"fd00::/64","Gateway":"fd00::1/64"}]},
        "Options":{"com.docker.network.driver.mtu":"1400"}}])");
    GuestNetwork network;
    network.name = "front";
    network.creation = {true, "bridge", {"10.1.0.0/24"}, {"10.1.0.1", "FD00::1"}, {{"com.docker.network.driver.mtu", "1400"}}, true};
    const auto differences = [&] { return stage.docker.networks()->look(guest_named("web"), network, stage.world.patient()).differences; };
    CHECK(differences().empty());
    network.creation = {true, "macvlan", {"10.2.0.0/24"}, {"10.2.0.1"}, {{"token", "hunter2"}}, false};
    CHECK(differences() == std::vector<std::string>{"the network front is of the driver bridge, not macvlan",
                                                    "the network front has the subnet 10.1.0.0/24, fd00::/64, not 10.2.0.0/24",
                                                    "the network front has the gateway 10.1.0.1, fd00::1/64, not 10.2.0.1",
                                                    "the network front has another value of the option token than its section says",
                                                    "the network front is internal"});
}

// docker paired the second subnet's gateway with the first, and refused both.
TEST_CASE("a network is made with each gateway in its own subnet") {
    Stage stage;
    stage.engine.on("GET /v1.41/networks", 200, "[]");
    stage.engine.on("POST /v1.41/networks/create", 201, R"({"Id":"n1"})");
    GuestNetwork network;
    network.name = "front";
    network.creation = {true, "bridge", {"10.1.0.0/24", "fd00::/64"}, {"fd00::1"}, {{"com.docker.network.driver.mtu", "1400"}}, true};
    stage.docker.networks()->make(guest_named("web"), network, stage.world.patient());
    const auto body = nlohmann::json::parse(stage.engine.body_of("POST /v1.41/networks/create"));
    CHECK(body["IPAM"]["Config"] == nlohmann::json::parse(R"([{"Subnet":"10.1.0.0/24"},{"Subnet":"fd00::/64","Gateway":"fd00::1"}])"));
    CHECK(body["EnableIPv6"] == true);
    CHECK(body["Internal"] == true);
    CHECK(body["Options"]["com.docker.network.driver.mtu"] == "1400");
}

TEST_CASE("an address that is taken: the container keeps the one that it had") {
    Stage stage;
    stage.engine.on(list, 200, "[" + listed("web", "running", "Up 1 second") + "]");
    stage.engine.on("GET /v1.41/networks", 200, R"([{"Id":"n1","Name":"front","Driver":"bridge"}])");
    stage.engine.on("GET /v1.41/containers/" + id + "/json", 200,
                    R"({"NetworkSettings":{"Networks":{"front":{"NetworkID":"n1","IPAddress":"10.1.0.9"}}}})");
    stage.engine.on("POST /v1.41/networks/n1/disconnect", 200, "");
    std::vector<std::string> asked;
    stage.engine.on("POST /v1.41/networks/n1/connect", [&](const test::FakeEngine::Request& request) {
        asked.push_back(nlohmann::json::parse(request.body)["EndpointConfig"]["IPAMConfig"]["IPv4Address"]);
        return asked.size() == 1 ? test::FakeEngine::reply(403, R"({"message":"Address already in use"})")
                                 : test::FakeEngine::reply(200, "");
    });
    GuestNetwork network;
    network.name = "front";
    network.address = "10.1.0.3";
    std::string said;
    try {
        stage.docker.networks()->connect(guest_named("web"), network, stage.world.patient());
    } catch (const Error& error) {
        said = error.what();
    }
    CHECK(said.find("Address already in use") != std::string::npos);
    CHECK(asked == std::vector<std::string>{"10.1.0.3", "10.1.0.9"});
}

TEST_CASE("secrets are hidden before a long line is cut, line by line, and without their quotes") {
    Stage stage;
    const std::string key = "-----BEGIN-----\nMIIEpAIBAAKCAQEA\nshort\n-----END-----";
    stage.world.files.content["/key"] = key + "\n";
    stage.world.files.content["/vars"] = "DB_PASS=\"hunter2secret\"\n";
    write(stage, {at(1, std::string(960, 'x') + " hunter2secret"), at(2, "MIIEpAIBAAKCAQEA"), at(3, "short")});
    const Guest guest = guest_named("web", {{"secrets", "KEY=/key"}, {"env_file", "/vars"}});
    const GuestOutput output = stage.docker.output(guest, {}, stage.world.patient());
    REQUIRE(output.lines.size() == 3);
    CHECK(output.lines[0].find("hunter") == std::string::npos);
    CHECK(output.lines[1] == at(2, "***"));
    CHECK(output.lines[2] == at(3, "short"));
}

TEST_CASE("a container that runs has the addresses of its networks, one that ended has none") {
    const auto in_networks = [](std::string container) {
        return "[" + container.replace(container.find(R"("Mounts")"), 0, R"("NetworkSettings":{"Networks":{"none":{"IPAddress":""},"front":
            {"IPAddress":"172.18.0.2","GlobalIPv6Address":"2001:db8::2"},"odd":{"IPAddress":"172.18.0"},"odder":7}},)") +
               "]";
    };
    Stage stage;
    stage.engine.on(list, 200, in_networks(listed("web", "running", "Up 1 second")));
    CHECK(stage.look(guest_named("web")).addresses == std::vector<std::string>{"172.18.0.2", "2001:db8::2"});
    stage.engine.on(list, 200, in_networks(listed("web", "exited", "Exited (0) 1 second ago")));
    CHECK(stage.look(guest_named("web")).addresses.empty());
}

TEST_CASE("an answer of a million lines is read up to its limit, and makes nobody down") {
    Stage stage;
    stage.engine.on(list, [](const auto&) {
        const std::string piece(1 << 20, '\n');
        test::FakeEngine::Answer answer = test::FakeEngine::reply(200, piece);
        answer.pieces = {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n["};
        answer.pieces.insert(answer.pieces.end(), 70, piece);
        answer.then = test::FakeEngine::Answer::Then::close;
        return answer;
    });
    const auto state = stage.look(guest_named("web"));
    CHECK(state.value == Value::unknown);
    CHECK(state.reason.find("longer than") != std::string::npos);
}

TEST_CASE("a signal ends a look") {
    Stage stage;
    stage.engine.on(list, [&](const auto&) {
        stage.world.signals.number = 2;
        return test::FakeEngine::hang();
    });
    CHECK(stage.look(guest_named("web")).reason == "stopped by a signal before docker answered");
}

TEST_CASE("a dead container tells its exit code and its last words, without secrets") {
    Stage stage;
    stage.world.files.content["/pw"] = "hunter2secret\n";
    stage.engine.on(list, 200, "[" + listed("web", "exited", "Exited (3) 1 second ago") + "]");
    stage.engine.on("GET /v1.41/containers/" + id + "/json", 200,
                    fmt::format(R"({{"Id":"{}","Name":"/x","State":{{"Status":"exited","ExitCode":3,"OOMKilled":true,
                    "FinishedAt":"2026-11-20T10:00:00.5Z"}},"HostConfig":{{"RestartPolicy":{{"Name":"always"}},"Memory":1048576,"CpusetCpus":"0-1"}},
                    "Config":{{"Tty":false}}}})",
                                id));
    const std::string line = "login with hunter2secret failed\n";
    stage.engine.on("GET /v1.41/containers/" + id + "/logs", 200, std::string("\2\0\0\0\0\0\0", 7) + static_cast<char>(line.size()) + line);
    const auto state = stage.look(guest_named("web", {{"secrets", "DB=/pw"}}));
    CHECK(state.value == Value::stopped);
    CHECK(state.reason == "exited with 3");
    CHECK(state.notes == std::vector<std::string>{"ended 2026-11-20T10:00:00Z with code 3", "said: login with *** failed"});
    CHECK(state.vcpus == 2);
    CHECK(state.memory_kib == 1024);
    std::string warnings;
    for (const auto& warning : state.warnings) warnings += warning + "\n";
    CHECK(warnings.find("autostart is on") != std::string::npos);
    CHECK(warnings.find("used up its memory") != std::string::npos);
}

}  // namespace svcmgr::docker
