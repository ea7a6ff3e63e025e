// The caller of CNI plugins, against the examples of the specification: what plugins are given, in which order, and what their answers
// mean.

#include "drivers/network/cni/caller.h"

#include <doctest/doctest.h>

#include "drivers/network/cni/kept.h"
#include "drivers/network/namespace_view.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;
using cni::Json;

namespace {

/// The specification's list of a bridge, a tuning and a port mapping plugin.
constexpr const char* dbnet = R"({"cniVersion": "1.0.0", "name": "dbnet", "plugins": [
    {"type": "bridge", "bridge": "cni0", "keyA": ["some more", "plugin specific", "configuration"],
     "ipam": {"type": "host-local", "subnet": "10.1.0.0/16", "gateway": "10.1.0.1", "routes": [{"dst": "0.0.0.0/0"}]},
     "dns": {"nameservers": ["10.1.0.1"]}},
    {"type": "tuning", "capabilities": {"mac": true}, "sysctl": {"net.core.somaxconn": "500"}},
    {"type": "portmap", "capabilities": {"portMappings": true}}]})";

/// What its bridge plugin answers.
constexpr const char* of_bridge = R"({"ips": [{"address": "10.1.0.5/16", "gateway": "10.1.0.1", "interface": 2}],
    "routes": [{"dst": "0.0.0.0/0"}],
    "interfaces": [{"name": "cni0", "mac": "00:11:22:33:44:55"}, {"name": "veth3243", "mac": "55:44:33:22:11:11"},
                   {"name": "eth0", "mac": "99:88:77:66:55:44", "sandbox": "/var/run/netns/blue"}],
    "dns": {"nameservers": ["10.1.0.1"]}})";

struct Fixture : NodeWorld {
    struct Run {
        std::string program;
        std::map<std::string, std::string> environment;
        Json input;
    };

    Fixture() {
        for (const char* plugin : {"bridge", "tuning", "portmap", "host-local"}) files.put(std::string("/usr/lib/cni/") + plugin, "", 0755);
    }

    /// Remembers what the plugin is given, and answers.
    void plugin(const std::string& type, std::function<CommandResult(const Run&)> answer) {
        const std::string program = "/usr/lib/cni/" + type;
        processes.answers[program] = [this, program, answer](const Argv&) {
            Run run{program, {}, Json::parse(processes.surroundings.input)};
            for (const std::string& variable : processes.surroundings.environment)
                run.environment[variable.substr(0, variable.find('='))] = variable.substr(variable.find('=') + 1);
            runs.push_back(run);
            return answer(run);
        };
    }
    void chain() {
        plugin("bridge", [](const Run& run) { return said(0, run.environment.at("CNI_COMMAND") == "ADD" ? of_bridge : ""); });
        for (const char* type : {"tuning", "portmap"})
            plugin(type, [](const Run& run) {
                return said(0, run.environment.at("CNI_COMMAND") == "ADD" ? run.input.at("prevResult").dump() : "");
            });
    }
    static CommandResult said(int code, const std::string& out) {
        CommandResult result;
        result.exit_code = code;
        result.out = out;
        return result;
    }

    cni::Attachment attachment() const {
        cni::Attachment attachment{"chain.container.1", "eth0",         "/var/run/netns/blue",
                                   "IgnoreUnknown=1",   Json::object(), cni::read_networks(dbnet)->front()};
        attachment.capabilities["portMappings"] = Json::parse(R"([{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}])");
        return attachment;
    }
    cni::Caller caller() { return {world(), {"/opt/cni/bin", "/usr/lib/cni"}}; }
    Deadline soon() { return Deadline::in(clock, 10s); }
    std::string failure_of_add() {
        try {
            caller().add(attachment(), soon());
        } catch (const Error& error) {
            return error.message();
        }
        return {};
    }
    std::vector<std::string> order() const {
        std::vector<std::string> names;
        for (const Run& run : runs) names.push_back(run.program.substr(run.program.rfind('/') + 1));
        return names;
    }

    std::vector<Run> runs;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Fixture, "ADD: each plugin gets its own configuration, the list's name and version, and the result before it") {
    chain();
    const cni::Result result = caller().add(attachment(), soon());
    CHECK(order() == Names{"bridge", "tuning", "portmap"});
    const Json& first = runs[0].input;
    CHECK(first["cniVersion"] == "1.0.0");
    CHECK(first["name"] == "dbnet");
    CHECK(first["keyA"].size() == 3);
    CHECK_FALSE(first.contains("prevResult"));
    CHECK_FALSE(first.contains("plugins"));
    CHECK(runs[1].input["prevResult"] == Json::parse(of_bridge));
    CHECK(runs[1].input["sysctl"]["net.core.somaxconn"] == "500");
    // Nobody offers the capability `mac`, and none is passed on as it was declared.
    CHECK_FALSE(runs[1].input.contains("runtimeConfig"));
    CHECK_FALSE(runs[1].input.contains("capabilities"));
    CHECK(runs[2].input["runtimeConfig"]["portMappings"][0]["hostPort"] == 8080);
    CHECK_FALSE(runs[2].input.contains("capabilities"));
    REQUIRE(result.addresses.size() == 1);
    CHECK(result.addresses[0].address == "10.1.0.5");
    CHECK(result.addresses[0].prefix == 16);
    CHECK(result.interfaces[*result.addresses[0].interface].name == "eth0");
    CHECK(result.routes[0].destination == "0.0.0.0/0");
}

TEST_CASE_FIXTURE(Fixture, "the environment is the specification's") {
    chain();
    caller().add(attachment(), soon());
    for (const Run& run : runs) {
        CHECK(run.environment.at("CNI_COMMAND") == "ADD");
        CHECK(run.environment.at("CNI_CONTAINERID") == "chain.container.1");
        CHECK(run.environment.at("CNI_NETNS") == "/var/run/netns/blue");
        CHECK(run.environment.at("CNI_IFNAME") == "eth0");
        CHECK(run.environment.at("CNI_PATH") == "/opt/cni/bin:/usr/lib/cni");
        CHECK(run.environment.at("CNI_ARGS") == "IgnoreUnknown=1");
    }
}

TEST_CASE_FIXTURE(Fixture, "CHECK goes through the list in order, DEL in reverse; both are given the last result of ADD") {
    chain();
    const Json result = Json::parse(of_bridge);
    CHECK(caller().check(attachment(), result, soon()) == "");
    CHECK(order() == Names{"bridge", "tuning", "portmap"});
    for (const Run& run : runs) CHECK(run.input["prevResult"] == result);
    runs.clear();
    caller().remove(attachment(), result, soon());
    CHECK(order() == Names{"portmap", "tuning", "bridge"});
    for (const Run& run : runs) {
        CHECK(run.environment.at("CNI_COMMAND") == "DEL");
        CHECK(run.input["prevResult"] == result);
    }
}

TEST_CASE_FIXTURE(Fixture, "DEL without a result, and without a namespace, says neither") {
    chain();
    cni::Attachment gone = attachment();
    gone.network_namespace.clear();
    caller().remove(gone, nullptr, soon());
    for (const Run& run : runs) {
        CHECK(run.environment.at("CNI_NETNS").empty());
        CHECK_FALSE(run.input.contains("prevResult"));
    }
}

TEST_CASE_FIXTURE(Fixture, "versions before 0.4.0 have no CHECK, and no result with DEL; disableCheck is obeyed") {
    chain();
    cni::Attachment old = attachment();
    old.network.version = "0.3.1";
    CHECK(caller().check(old, Json::parse(of_bridge), soon()) == "");
    CHECK(runs.empty());
    caller().remove(old, Json::parse(of_bridge), soon());
    for (const Run& run : runs) CHECK_FALSE(run.input.contains("prevResult"));
    runs.clear();
    cni::Attachment unchecked = attachment();
    unchecked.network.checked = false;
    CHECK(caller().check(unchecked, Json::parse(of_bridge), soon()) == "");
    CHECK(runs.empty());
}

TEST_CASE_FIXTURE(Fixture, "errors of plugins are said in their words, with what the specification calls them") {
    chain();
    plugin("tuning", [](const Run&) {
        return said(1,
                    R"({"cniVersion": "1.0.0", "code": 7, "msg": "Invalid Configuration", "details": "Network 192.168.0.0/31 too small"})");
    });
    CHECK(
        failure_of_add() ==
        "the plugin tuning failed at ADD: code 7, invalid network configuration: Invalid Configuration (Network 192.168.0.0/31 too small)");
    CHECK(order() == Names{"bridge", "tuning"});
    plugin("tuning", [](const Run&) { return said(1, R"({"code": 101, "msg": "no uplink"})"); });
    CHECK(failure_of_add() == "the plugin tuning failed at ADD: code 101: no uplink");
}

TEST_CASE_FIXTURE(Fixture, "what is no result, or no error, is shown as it is") {
    chain();
    plugin("bridge", [](const Run&) { return said(0, "all is well"); });
    CHECK(failure_of_add().find("the plugin bridge printed no result (line 1, column 1: ") == 0);
    plugin("bridge", [](const Run&) { return said(0, R"({"ips": [{"address": "10.1.0.5"}]})"); });
    CHECK(failure_of_add().find("'10.1.0.5' is no address with its prefix") != std::string::npos);
    plugin("bridge", [](const Run&) { return said(2, "panic: oh no"); });
    CHECK(failure_of_add() == "the plugin bridge failed at ADD (exited with 2) and said nothing that the specification has: panic: oh no");
}

// A plugin's error told whoever looked at the status the token that it had been given.
TEST_CASE_FIXTURE(Fixture, "secrets that plugins are told are hidden where they print them again") {
    chain();
    cni::Attachment secretive = attachment();
    secretive.arguments = "IgnoreUnknown=1;API_TOKEN=hunter2secret";
    secretive.network.plugins[0]["auth"] = Json::parse(R"([{"password": "topsecret9", "user": "anna"}])");
    const auto failure = [&] {
        try {
            caller().add(secretive, soon());
        } catch (const Error& error) {
            return error.message();
        }
        return std::string();
    };
    plugin("bridge", [](const Run&) { return said(1, R"({"code": 101, "msg": "anna: hunter2secret", "details": "or topsecret9"})"); });
    CHECK(failure() == "the plugin bridge failed at ADD: code 101: anna: *** (or ***)");
    plugin("bridge", [](const Run&) { return said(2, std::string(190, 'x') + " hunter2secret"); });
    CHECK(failure().find("hunter") == std::string::npos);
    plugin("bridge", [](const Run&) { return said(0, R"({"ips": [{"address": "hunter2secret"}]})"); });
    CHECK(failure() == R"(the plugin bridge printed no result ('***' is no address with its prefix): {"ips": [{"address": "***"}]})");
}

// A megabyte of '[' that a plugin printed went as deep on the stack as it has bytes.
TEST_CASE_FIXTURE(Fixture, "what is nested deeper than any result is refused, and brackets in texts don't count") {
    chain();
    const std::string deep(500000, '[');
    plugin("bridge", [&](const Run&) { return said(0, R"({"ips": [], "x": )" + deep + std::string(deep.size(), ']') + "}"); });
    CHECK(failure_of_add().find("printed no result (it is nested more than 100 deep)") != std::string::npos);
    CHECK(cni::read_result(R"({"x": ")" + deep + R"(\"["})").has_value());
    CHECK_FALSE(cni::read_networks(deep).has_value());
}

TEST_CASE_FIXTURE(Fixture, "a plugin that says that it may work later is asked again, until the deadline") {
    chain();
    int tries = 0;
    plugin("bridge", [&](const Run&) { return ++tries < 3 ? said(1, R"({"code": 11, "msg": "no lease yet"})") : said(0, of_bridge); });
    CHECK(failure_of_add() == "");
    CHECK(tries == 3);
    plugin("bridge", [&](const Run&) { return said(1, R"({"code": 11, "msg": "no lease yet"})"); });
    CHECK(failure_of_add() == "the plugin bridge failed at ADD: code 11, try again later: no lease yet");
    CHECK(clock.now() < soon().at());
}

TEST_CASE_FIXTURE(Fixture, "a plugin that hangs ends at the deadline") {
    chain();
    processes.hanging["/usr/lib/cni/tuning"] = true;
    CHECK(failure_of_add() == "the plugin tuning did not end ADD within 10 s");
}

TEST_CASE_FIXTURE(Fixture, "plugins that are missing are known before any is run, those of the address management too") {
    files.remove("/usr/lib/cni/host-local");
    files.remove("/usr/lib/cni/portmap");
    CHECK(caller().missing(attachment().network) == Names{"host-local", "portmap"});
    files.put("/opt/cni/bin/portmap", "", 0755);
    CHECK(caller().missing(attachment().network) == Names{"host-local"});
}

TEST_CASE("configurations: a list, a single plugin, and several networks in one file") {
    const auto list = cni::read_networks(dbnet);
    REQUIRE(list.has_value());
    CHECK(list->front().plugins.size() == 3);
    CHECK(list->front().knows_results());
    const auto single = cni::read_networks(R"({"name": "net1", "type": "bridge", "ipam": {"type": "static"}})");
    REQUIRE(single.has_value());
    CHECK(single->front().version == "0.2.0");
    CHECK_FALSE(single->front().knows_results());
    const auto several = cni::read_networks(R"({"networks": [{"name": "net1", "type": "a"}, {"name": "net2", "type": "b"}]})");
    REQUIRE(several.has_value());
    CHECK(several->size() == 2);
    CHECK((*several)[1].name == "net2");
}

TEST_CASE("configurations that are none say what and where") {
    const auto problem = [](const char* text) {
        const auto read = cni::read_networks(text);
        return read ? std::string("none") : read.error();
    };
    CHECK(problem("{\n\"name\": ]").find("line 2, column 9: ") == 0);
    CHECK(problem("[]") == "it is no object");
    CHECK(problem(R"({"type": "bridge"})") == "it has no name");
    CHECK(problem(R"({"name": "../x", "type": "bridge"})") == "'../x' can't be the name of a network");
    CHECK(problem(R"({"name": "n", "type": "../../bin/sh"})") == "plugin 1 of n: its type '../../bin/sh' is no name of a plugin");
    CHECK(problem(R"({"name": "n", "plugins": []})") == "n has no plugin");
    CHECK(problem(R"({"name": "n", "plugins": [{"type": "a"}, {}]})") == "plugin 2 of n: it has no type");
    CHECK(problem(R"({"name": "n", "cniVersion": "one", "type": "a"})") == "the cniVersion of n is no version: 'one'");
    CHECK(problem(R"({"networks": [{"name": "n", "type": "a"}, 7]})") == "network 2: it is no object");
}

TEST_CASE_FIXTURE(Fixture,
                  "a network is found by its name; a file that is broken hides no other, and is named when it may have been meant") {
    files.put("/etc/cni/net.d/10-broken.conf", "{");
    files.put("/etc/cni/net.d/20-db.conflist", dbnet);
    files.put("/etc/cni/net.d/notes.txt", "{");
    CHECK(cni::find_network(files, "/etc/cni/net.d", "dbnet").has_value());
    const auto none = cni::find_network(files, "/etc/cni/net.d", "other");
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().find("no file of /etc/cni/net.d describes the network other; there are: dbnet; /etc/cni/net.d/10-broken.conf: ") ==
          0);
    CHECK_FALSE(cni::find_network(files, "/nowhere", "dbnet").has_value());
}

TEST_CASE("results of 0.2.0 and 0.3.1 are read, too") {
    const auto old = cni::read_result(
        R"({"cniVersion": "0.2.0", "ip4": {"ip": "10.1.0.5/16", "gateway": "10.1.0.1", "routes": [{"dst": "10.3.0.0/16"}]}})");
    REQUIRE(old.has_value());
    CHECK(old->addresses[0].address == "10.1.0.5");
    CHECK(old->routes[0].destination == "10.3.0.0/16");
    CHECK(cni::read_result(R"({"cniVersion": "0.3.1", "ips": [{"version": "4", "address": "10.1.0.5/16"}]})").has_value());
    for (const char* bad :
         {R"({"ips": {}})", R"({"ips": [{"address": "10.1.0.5/33"}]})", R"({"ips": [{"address": "10.1.0.5/16", "interface": 1}]})",
          R"({"interfaces": [{}]})", R"({"routes": [{"dst": "home"}]})", R"({"ips": [7]})", "7", ""})
        CHECK_FALSE(cni::read_result(bad).has_value());
}

TEST_CASE_FIXTURE(Fixture, "what is kept comes back as it was, for root alone") {
    const cni::KeptAttachments store("/var/lib/svcmgr/cni");
    CHECK_FALSE(store.read(files, "chain.ip.1")->has_value());
    cni::Kept kept{attachment(), 4026532177, "boot-1", nullptr, "chain", "ip#1"};
    store.keep(files, "chain.ip.1", kept);
    CHECK_FALSE(store.read(files, "chain.ip.1")->value().is_complete());
    kept.result = Json::parse(of_bridge);
    store.keep(files, "chain.ip.1", kept);
    CHECK(files.facts(store.file_of("chain.ip.1"))->mode == 0600);
    const cni::Kept back = store.read(files, "chain.ip.1")->value();
    CHECK(back.is_complete());
    CHECK(back.attachment.network == kept.attachment.network);
    CHECK(back.attachment.capabilities == kept.attachment.capabilities);
    CHECK(back.namespace_identity == 4026532177);
    CHECK(back.service == "chain");
    CHECK(back.rid == "ip#1");
    CHECK(cni::kept_text(back) == cni::kept_text(kept));
    files.put(store.file_of("chain.ip.1"), "{\"schema\": \"svcmgr.cni/1\"}");
    CHECK_FALSE(store.read(files, "chain.ip.1").has_value());
    store.forget(files, "chain.ip.1");
    CHECK_FALSE(store.read(files, "chain.ip.1")->has_value());
}

TEST_CASE("what ip says of a namespace") {
    const auto view = parse_addresses(R"([{"ifname": "lo", "flags": ["LOOPBACK"], "address": "00:00:00:00:00:00", "addr_info": []}, {},
        {"ifname": "eth0", "flags": ["BROADCAST", "UP", "LOWER_UP"], "address": "2a:a4:b6:1d:4f:ba",
         "addr_info": [{"family": "inet", "local": "10.1.1.254", "prefixlen": 24}, {"family": "inet6", "local": "fe80::1", "prefixlen": 64}]}])");
    REQUIRE(view.has_value());
    CHECK(view->adapters.size() == 2);
    CHECK(view->adapter("eth0")->up);
    CHECK_FALSE(view->adapter("lo")->up);
    CHECK(view->has("eth0", "10.1.1.254", 24));
    CHECK(view->has("eth0", "FE80:0::1", 64));
    CHECK_FALSE(view->has("eth0", "10.1.1.254", 16));
    CHECK_FALSE(view->has("lo", "10.1.1.254", 24));
    NamespaceView routed = *view;
    routed.routes = *parse_routes(R"([{"dst": "default", "gateway": "10.1.1.1", "dev": "eth0"}, {"dst": "10.1.1.0/24", "dev": "eth0"},
                                      {"dst": "10.1.2.2", "gateway": "10.1.1.3", "dev": "eth0"}])",
                                  "0.0.0.0/0");
    CHECK(routed.has_route("0.0.0.0/0", "10.1.1.1", ""));
    CHECK(routed.has_route("0.0.0.0/0", "", "eth0"));
    CHECK_FALSE(routed.has_route("0.0.0.0/0", "10.1.1.2", ""));
    CHECK(routed.has_route("10.1.2.2/32", "10.1.1.3", ""));
    CHECK(parse_routes("", "0.0.0.0/0")->empty());
    for (const char* bad : {"{}", "[7]", "no such thing", R"([{"gateway": "10.1.1.1"}])"})
        CHECK_FALSE(parse_routes(bad, "::/0").has_value());
    CHECK_FALSE(parse_addresses("Command \"-json\" is unknown").has_value());
}
