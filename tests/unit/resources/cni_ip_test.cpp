// An address of CNI as a resource: what its status says, what a start and a stop do, whatever plugins and containers do meanwhile.

#include "resources/cni_ip.h"

#include <doctest/doctest.h>

#include "resources/left_cni_ip.h"
#include "tests/unit/resources/container_world.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;
using cni::Json;

namespace {

cni::Attachment attachment() {
    cni::Attachment one;
    one.network.name = "net1";
    one.arguments = "IgnoreUnknown=1;IP=10.22.0.7;MAC=02:00:0a:16:00:07";
    one.capabilities = {{"ips", {"10.22.0.7"}}, {"portMappings", {{{"hostPort", 8080}, {"containerPort", 80}, {"protocol", "tcp"}}}}};
    return one;
}

std::string change(const cni::Attachment& now) {
    std::string all;
    for (const std::string& one : changes_since(attachment(), now)) all += one + "\n";
    return all;
}

using Names = std::vector<std::string>;
using Values = std::map<std::string, std::string>;

const cni::Places places = {{"/usr/lib/cni"}, "/etc/cni/net.d", "/var/lib/svcmgr/cni/svc1"};
constexpr const char* kept_file = "/var/lib/svcmgr/cni/svc1/svc1.ip.1.json";
constexpr const char* bridge = "/usr/lib/cni/bridge";

/// A container of docker, a network with one plugin that gives out 10.22.0.2, and what `ip` sees in the container.
struct Fixture : ContainerWorld {
    Fixture() : ContainerWorld("docker") {
        files.put("/etc/cni/net.d/net1.conflist", R"({"cniVersion": "1.0.0", "name": "net1", "plugins": [{"type": "bridge"}]})");
        files.put(bridge, "", 0755);
        files.put("/proc/self/ns/net", "");
        files.put("/proc/4711/ns/net", "");
        processes.answers[bridge] = [this](const Argv&) { return plugin(); };
        processes.answers["nsenter"] = [this](const Argv& argv) { return inside(argv); };
    }

    CommandResult plugin() {
        std::map<std::string, std::string> environment;
        for (const std::string& variable : processes.surroundings.environment)
            environment[variable.substr(0, variable.find('='))] = variable.substr(variable.find('=') + 1);
        const std::string command = environment.at("CNI_COMMAND");
        calls.push_back(command + " " + environment.at("CNI_NETNS"));
        const auto answer = answers.find(command);
        if (answer != answers.end()) return answer->second;
        CommandResult result;
        result.exit_code = 0;
        has_adapter = command == "ADD" || (has_adapter && command != "DEL");
        if (command == "ADD") result.out = given;
        return result;
    }
    /// `ip -json`
    CommandResult inside(const Argv& argv) const {
        CommandResult result;
        result.exit_code = is_unreachable ? 1 : 0;
        result.err = is_unreachable ? "nsenter: no such file" : "";
        const bool is_address = std::ranges::find(argv, "address") != argv.end();
        const bool is_six = std::ranges::find(argv, "-6") != argv.end();
        if (is_address)
            result.out = has_adapter ? fmt::format(R"([{{"ifname": "eth0", "flags": ["UP"], "address": "{}", "addr_info": [{}]}}])",
                                                   hardware, has_address ? R"({"local": "10.22.0.2", "prefixlen": 24})" : "")
                                     : "[]";
        else
            result.out = has_adapter && has_route && !is_six ? R"([{"dst": "default", "gateway": "10.22.0.1", "dev": "eth0"}])" : "[]";
        return result;
    }
    void fails(const std::string& command, const std::string& out) {
        answers[command].exit_code = 1;
        answers[command].out = out;
    }

    CniIp resource(const Values& more = {}) {
        Values values = {{"network", "net1"}, {"ipdev", "eth0"}};
        for (const auto& [keyword, value] : more) values[keyword] = value;
        return {Rid("ip#1"), address("cni", values), *container, "svc1", places};
    }
    /// Its first start, so that the test begins with what is up.
    CniIp started() {
        REQUIRE(failure(resource(), "start") == "");
        forget();
        return resource();
    }
    void forget() {
        calls.clear();
        notes.clear();
        changed = false;
    }
    bool is_kept() const { return files.facts(kept_file).has_value(); }
    /// docker has started it anew: another process, another namespace.
    void restarted_outside() {
        files.remove_tree("/proc/4711");
        files.put("/proc/4712/ns/net", "");
        table.one.space = "/proc/4712/ns/net";
        has_adapter = false;
    }
    Names verbs(const Resource& ip, Goal goal) {
        Names names;
        for (const Verb& verb : intend(ip, goal).verbs) names.push_back(verb.name);
        return names;
    }

    std::string given = R"({"interfaces": [{"name": "eth0", "sandbox": "/proc/4711/ns/net", "mac": "02:00:00:00:00:01"}],
        "ips": [{"address": "10.22.0.2/24", "gateway": "10.22.0.1", "interface": 0}], "routes": [{"dst": "0.0.0.0/0", "gw": "10.22.0.1"}]})";
    std::string hardware = "02:00:00:00:00:01";
    bool has_adapter = false, has_address = true, has_route = true, is_unreachable = false;
    std::map<std::string, CommandResult> answers;  ///< of the plugin, by command
    Names calls;                                   ///< "ADD /proc/4711/ns/net"
};

}  // namespace

// A section was changed and the container went on with what it had, and its status said up.
TEST_CASE("an attachment that its section does not describe any more says what differs") {
    CHECK(change(attachment()) == "");
    cni::Attachment now = attachment();
    now.network.name = "net2";
    CHECK(change(now) == "it is in the network net1, and its section says net2\n");
    now = attachment();
    now.capabilities["ips"] = {"10.22.0.8"};
    now.arguments = "IgnoreUnknown=1;IP=10.22.0.8;MAC=02:00:0a:16:00:07";
    CHECK(change(now) == "its address was to be 10.22.0.7, and its section says 10.22.0.8\n");
    now.capabilities.erase("ips");
    now.arguments = "IgnoreUnknown=1;MAC=02:00:0a:16:00:07";
    CHECK(change(now) == "its address was to be 10.22.0.7, and its section says one that the network gives out\n");
    now = attachment();
    now.capabilities.erase("portMappings");
    CHECK(change(now) == "it has other `ports` than its section says\n");
    now = attachment();
    now.arguments = "IgnoreUnknown=1;IP=10.22.0.7;TOKEN=hunter2";
    CHECK(change(now) == "it was connected with other `cni_args` than its section says\n");
}

TEST_CASE_FIXTURE(Fixture, "one that was never connected is down; a start connects it, tells everybody, and is up") {
    const CniIp ip = resource();
    CHECK(text_of(look(ip)) == "down");
    CHECK(verbs(ip, Goal::up) == Names{"start"});
    CHECK(verbs(ip, Goal::down).empty());
    CHECK(failure(ip, "start") == "");
    CHECK(changed);
    CHECK(calls == Names{"ADD /proc/4711/ns/net"});
    CHECK(network.done == Names{"enter /proc/4711/ns/net", "probe 10.22.0.2", "announce 10.22.0.2"});
    const ResourceObservation seen = look(ip);
    CHECK(text_of(seen) == "up; info: network net1, routes: 0.0.0.0/0 via 10.22.0.1");
    CHECK(seen.label == "10.22.0.2/24@eth0");
    CHECK(files.facts(kept_file)->mode == 0600);
}

TEST_CASE_FIXTURE(Fixture, "a second start changes nothing, and so does a second stop") {
    const CniIp ip = started();
    CHECK(intend(ip, Goal::up).left_alone == "eth0 is in the network net1");
    perform(ip, "start");
    CHECK_FALSE(changed);
    CHECK(notes == Names{"eth0 is in the network net1 already"});
    forget();
    perform(ip, "stop");
    CHECK(calls == Names{"DEL /proc/4711/ns/net"});
    CHECK_FALSE(is_kept());
    forget();
    perform(ip, "stop");
    CHECK(calls.empty());
    CHECK_FALSE(changed);
    CHECK(notes == Names{"nothing of the network net1 is kept"});
}

TEST_CASE_FIXTURE(Fixture, "what ADD returned and is no more: an address and an adapter are down, a route is a warning") {
    const CniIp ip = started();
    has_route = false;
    CHECK(look(ip).status == Status::warn);
    CHECK(look(ip).log.front().message == "the route to 0.0.0.0/0 via 10.22.0.1 is gone");
    has_address = false;
    CHECK(look(ip).status == Status::down);
    CHECK(look(ip).detail == "10.22.0.2/24 is not on eth0 any more");
    has_adapter = false;
    CHECK(look(ip).detail == "the adapter eth0 is gone");
    CHECK(verbs(ip, Goal::up) == Names{"start"});
    CHECK(verbs(ip, Goal::down) == Names{"stop"});
    has_address = has_route = true;
    forget();
    perform(ip, "start");
    CHECK(calls == Names{"DEL /proc/4711/ns/net", "ADD /proc/4711/ns/net"});
    CHECK(look(ip).status == Status::up);
    hardware = "02:00:00:00:00:99";
    CHECK(look(ip).log.front().message == "eth0 has the hardware address 02:00:00:00:00:99, not 02:00:00:00:00:01");
}

TEST_CASE_FIXTURE(Fixture,
                  "a container that was restarted outside has a namespace without it: down, and what the old one had is given back") {
    const CniIp ip = started();
    restarted_outside();
    const ResourceObservation seen = look(ip);
    CHECK(seen.status == Status::down);
    CHECK(seen.detail == "container#1 has another network namespace than the one that was connected: it was restarted outside of svcmgr");
    CHECK(verbs(ip, Goal::up) == Names{"start"});
    perform(ip, "start");
    CHECK(calls == Names{"DEL ", "ADD /proc/4712/ns/net"});
    CHECK(look(ip).status == Status::up);
}

TEST_CASE_FIXTURE(Fixture, "after a boot the same path is another namespace") {
    const CniIp ip = started();
    Json json = Json::parse(*files.read(kept_file));
    json["boot_id"] = "another boot";
    files.put(kept_file, json.dump(), 0600);
    CHECK(look(ip).status == Status::down);
    perform(ip, "stop");
    CHECK(calls == Names{"DEL "});
}

TEST_CASE_FIXTURE(Fixture, "a container that is down: what was given out is given back by a stop, without a namespace") {
    const CniIp ip = started();
    guest().value = GuestState::Value::stopped;
    files.remove_tree("/proc/4711");
    const ResourceObservation seen = look(ip);
    CHECK(text_of(seen) == "down; warn: container is down, and what net1 has given out is not given back yet: a stop or a start does that");
    CHECK(verbs(ip, Goal::down) == Names{"stop"});
    perform(ip, "stop");
    CHECK(calls == Names{"DEL "});
    CHECK_FALSE(is_kept());
    CHECK(text_of(look(ip)) == "down; info: container is down");
}

TEST_CASE_FIXTURE(Fixture, "a namespace that can't be reached, or is the node's own, is not changed") {
    table.one.space = tl::unexpected<std::string>("box does not run");
    CHECK(text_of(look(resource())) == "undef; warn: box does not run");
    CHECK(failure(resource(), "start").find("the network of container#1 can't be reached: box does not run") != std::string::npos);
    table.one.space = "/proc/9999/ns/net";
    CHECK(failure(resource(), "start").find("the network namespace of container#1 is gone: /proc/9999/ns/net") != std::string::npos);
    table.one.space = "/proc/self/ns/net";
    CHECK(failure(resource(), "start").find("container#1 shares the node's network") != std::string::npos);
    CHECK(calls.empty());
    CHECK_FALSE(is_kept());
}

TEST_CASE_FIXTURE(Fixture, "a namespace that can't be looked into, and a container that nobody knows of, are no verdict") {
    const CniIp ip = started();
    is_unreachable = true;
    CHECK(look(ip).status == Status::undef);
    CHECK(look(ip).detail.find("can't be looked into") != std::string::npos);
    is_unreachable = false;
    guest() = {GuestState::Value::unknown, "docker hangs", {}};
    CHECK(text_of(look(ip)) == "undef; warn: whether container#1 runs is not known: docker hangs");
}

TEST_CASE_FIXTURE(Fixture, "a plugin that fails, or prints garbage, at ADD: DEL is run, nothing is kept, and its words are said") {
    const CniIp ip = resource();
    fails("ADD", R"({"code": 7, "msg": "no uplink"})");
    CHECK(failure(ip, "start").find("the plugin bridge failed at ADD: code 7, invalid network configuration: no uplink") !=
          std::string::npos);
    CHECK(calls == Names{"ADD /proc/4711/ns/net", "DEL /proc/4711/ns/net"});
    CHECK_FALSE(is_kept());
    for (const char* garbage : {"all is well", "{", "[]", "null", R"({"ips": [{"address": 7}]})", R"({"ips": [7], "interfaces": {}})"}) {
        answers["ADD"].exit_code = 0;
        answers["ADD"].out = garbage;
        CHECK_MESSAGE(failure(ip, "start").find("the plugin bridge printed no result") != std::string::npos, garbage);
        CHECK_FALSE(is_kept());
    }
    CHECK(look(ip).status == Status::down);
}

TEST_CASE_FIXTURE(Fixture, "an address that another machine has is given back") {
    const CniIp ip = resource();
    network.owner = "52:54:00:12:34:56";
    CHECK(failure(ip, "start").find("another machine has 10.22.0.2: 52:54:00:12:34:56") != std::string::npos);
    CHECK(calls == Names{"ADD /proc/4711/ns/net", "DEL /proc/4711/ns/net"});
    CHECK_FALSE(is_kept());
    network.owner.clear();
    network.probe_problem = "the adapter is down";
    CHECK(failure(ip, "start") == "");
    CHECK(notes.front() == "nobody could be asked whether 10.22.0.2 is taken: the adapter is down");
}

TEST_CASE_FIXTURE(Fixture, "DEL that fails keeps what it needs for the next one") {
    const CniIp ip = started();
    fails("DEL", R"({"code": 5, "msg": "busy"})");
    CHECK(failure(ip, "stop").find("the plugin bridge failed at DEL: code 5, input or output failed: busy") != std::string::npos);
    CHECK(is_kept());
    answers.clear();
    CHECK(failure(ip, "stop") == "");
    CHECK_FALSE(is_kept());
}

TEST_CASE_FIXTURE(Fixture, "ADD and the DEL behind it fail: the start says the first, and the next stop gives back") {
    const CniIp ip = resource();
    fails("ADD", R"({"code": 7, "msg": "no uplink"})");
    fails("DEL", R"({"code": 5, "msg": "busy"})");
    CHECK(failure(ip, "start").find("no uplink") != std::string::npos);
    CHECK(notes.back().find("what it left is not cleaned up, the next start or stop tries again: ") == 0);
    CHECK(is_kept());
    CHECK(look(ip).detail == "an ADD was begun, and its end is not known");
    answers.clear();
    forget();
    perform(ip, "stop");
    CHECK(calls == Names{"DEL /proc/4711/ns/net"});
    CHECK_FALSE(is_kept());
}

TEST_CASE_FIXTURE(Fixture, "CHECK that fails is a warning; a start connects anew") {
    const CniIp ip = started();
    fails("CHECK", R"({"code": 101, "msg": "a rule is gone"})");
    const ResourceObservation seen = look(ip);
    CHECK(seen.status == Status::warn);
    CHECK(seen.detail.find("the plugin bridge failed at CHECK: code 101: a rule is gone; where the plugin is wrong, `disableCheck`") == 0);
    CHECK(verbs(ip, Goal::up) == Names{"start"});
    forget();
    perform(ip, "start");
    CHECK(calls == Names{"CHECK /proc/4711/ns/net", "DEL /proc/4711/ns/net", "ADD /proc/4711/ns/net"});
}

// All of the start's time went by at the CHECK, and ADD failed within 0 s.
TEST_CASE_FIXTURE(Fixture, "CHECK that hangs leaves a start the time to connect anew") {
    const CniIp ip = started();
    answers["CHECK"].timed_out = true;
    processes.answers[bridge] = [this](const Argv&) {
        const CommandResult result = plugin();
        if (result.timed_out) clock.sleep_until(processes.given->at());
        return result;
    };
    const Moment before = clock.now();
    CHECK(failure(ip, "start", 30s) == "");
    CHECK(clock.now() - before <= 7s);
}

TEST_CASE_FIXTURE(Fixture, "DEL that hangs ends at its deadline, and nothing is forgotten") {
    const CniIp ip = started();
    processes.hanging[bridge] = true;
    CHECK(failure(ip, "stop", 3s).find("the plugin bridge did not end DEL within 3 s") != std::string::npos);
    CHECK(is_kept());
}

TEST_CASE_FIXTURE(Fixture, "a network that nobody describes, and a plugin that is missing, refuse the start before anything changes") {
    const Intent unknown = intend(resource({{"network", "net9"}}), Goal::up);
    REQUIRE(unknown.refusal.has_value());
    CHECK(std::string(unknown.refusal->message()).find("describes the network net9; there are: net1") != std::string::npos);
    files.remove(bridge);
    const Intent missing = intend(resource(), Goal::up);
    REQUIRE(missing.refusal.has_value());
    CHECK(std::string(missing.refusal->message()) == "the network net1 needs plugins that are missing in /usr/lib/cni: bridge");
    CHECK(calls.empty());
}

TEST_CASE_FIXTURE(Fixture, "what is kept and can't be read is no reason to give out another address") {
    const CniIp ip = started();
    files.put(kept_file, "{", 0600);
    CHECK(look(ip).status == Status::undef);
    CHECK(intend(ip, Goal::up).refusal.has_value());
    CHECK(failure(ip, "stop").find("release it by hand, then remove the file") != std::string::npos);
    CHECK(calls.empty());
    CHECK(failure(ip, "fly").find("has no verb 'fly'") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a section that says otherwise is a warning until a start has connected it anew") {
    started();
    const CniIp ip = resource({{"cni_args", "MAC=02:00:0a:16:00:07"}});
    CHECK(look(ip).status == Status::warn);
    CHECK(look(ip).detail == "it was connected with other `cni_args` than its section says: a start connects it anew");
    forget();
    perform(ip, "start");
    CHECK(calls == Names{"DEL /proc/4711/ns/net", "ADD /proc/4711/ns/net"});
    CHECK(look(ip).status == Status::up);
}

TEST_CASE("sections that can't be one say why") {
    const auto problem = [](const Values& values) { return CniIp::problem_of(ContainerWorld::address("cni", values)); };
    CHECK(problem({{"ipdev", "eth0"}, {"ipname", "10.22.0.7"}, {"ports", "8080:80/tcp"}, {"cni_args", "K=V"}}) == "");
    CHECK(problem({{"ipdev", "an-adapter-that-is-long"}}).find("can't be the name of an adapter") != std::string::npos);
    CHECK(problem({{"ipdev", "../x"}}).find("can't be the name of an adapter") != std::string::npos);
    CHECK(problem({{"ipname", "web"}}).find("has to be numeric: 'web'") != std::string::npos);
    CHECK(problem({{"ports", "80"}}).find("has no port of the node") != std::string::npos);
    CHECK(problem({{"cni_args", "K=V;CNI_X=1"}}).find("is not NAME=value") != std::string::npos);
}

// The address of a section that was renamed was the network's for ever.
TEST_CASE_FIXTURE(Fixture, "an address whose section is gone is a warning, and a start or a stop gives it back") {
    started();
    std::vector<std::unique_ptr<Resource>> resources;
    resources.push_back(std::make_unique<CniIp>(Rid("ip#2"), address("cni", {{"network", "net1"}}), *container, "svc1", places));
    const auto left = left_cni_addresses(files, "svc1", places, resources);
    REQUIRE(left.size() == 1);
    const Resource& ip = *left.front();
    CHECK(ip.rid().text() == "ip#1");
    CHECK(ip.optional());
    const ResourceObservation seen = look(ip);
    CHECK(text_of(seen) ==
          "n/a; warn: no section has 10.22.0.2/24@eth0 of the network net1 any more: the next start or stop gives it back");
    CHECK(seen.label == "10.22.0.2/24@eth0");
    for (const Goal goal : {Goal::up, Goal::down}) CHECK(verbs(ip, goal) == Names{"give back"});
    CHECK(verbs(ip, Goal::sync).empty());
    CHECK(ip.place(Goal::up) < resources.front()->place(Goal::up));
    fails("DEL", R"({"code": 5, "msg": "busy"})");
    CHECK(failure(ip, "give back").find("busy") != std::string::npos);
    CHECK(is_kept());
    answers.clear();
    forget();
    perform(ip, "give back");
    CHECK(calls == Names{"DEL /proc/4711/ns/net"});
    CHECK_FALSE(is_kept());
    CHECK(text_of(look(ip)) == "n/a");
    CHECK(verbs(ip, Goal::down).empty());
    perform(ip, "give back");
    CHECK(left_cni_addresses(files, "svc1", places, resources).empty());
}

TEST_CASE_FIXTURE(Fixture, "what is left is only what no section has, and only of this service") {
    started();
    std::vector<std::unique_ptr<Resource>> resources;
    resources.push_back(std::make_unique<CniIp>(Rid("ip#1"), address("cni", {{"network", "net1"}}), *container, "svc1", places));
    CHECK(left_cni_addresses(files, "svc1", places, resources).empty());
    CHECK(left_cni_addresses(files, "svc", places, {}).empty());
    CHECK(left_cni_addresses(files, "svc1.ip", places, {}).empty());
    CHECK(left_cni_addresses(files, "svc1", {{}, "", "/nowhere"}, {}).empty());
    resources.front() = std::make_unique<LeftCniIp>(Rid("ip#1"), "other", places);  // another resource has its name by now
    CHECK(left_cni_addresses(files, "svc1", places, resources).front()->rid().text() == "ip#1.left");
    files.put(kept_file, "{", 0600);
    CHECK(left_cni_addresses(files, "svc1", places, {}).empty());
}
