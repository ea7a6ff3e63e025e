#include "svcmgr/command/completion.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/commands/stage.h"

using namespace svcmgr;

namespace {

using Words = std::vector<std::string>;

constexpr const char* vm188 =
    "[DEFAULT]\nnodes = node109 node110\n[container#1]\ntype = kvm\n[ip#1]\nipname = vm188\nipdev = eth0\ntags = first\n[ip#2]\nipname = "
    "x\nipdev = "
    "eth1\n[vmdg]\n";

/// What `svcmgr --complete WORDS…` prints on a node with the services vm188, vm189 and web.
Words complete(Words words) {
    test::Stage stage;
    stage.env("vm188.env", vm188);
    stage.env("vm189.conf", "[DEFAULT]\n[fs#data]\ndev = /dev/x\nmnt = /x\ntype = ext4\n");
    stage.env("web.env", "this is no env file\n");
    words.insert(words.begin(), "--complete");
    const test::Stage::Result result = stage.run(words);
    CHECK(result.code == 0);
    CHECK(result.err.empty());
    Words answers;
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);) answers.push_back(line);
    return answers;
}

bool has(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("Every command can be completed word by word") {
    for (const Command& command : commands()) {
        CAPTURE(command.words);
        Words before;
        std::istringstream words{std::string(command.words)};
        for (std::string word; words >> word;) {
            Words line = before;
            line.push_back(word.substr(0, 2));
            CHECK(has(complete(line), word + " "));
            before.push_back(word);
        }
    }
    CHECK(complete({"print", "diskl"}) == Words{"disklist "});
    CHECK(complete({"-s", "vm188", "print", "diskl"}) == Words{"disklist "});
    CHECK(complete({"nothing", ""}).empty());
}

TEST_CASE("Options are those that the command takes and that were not given yet") {
    for (const Command& command : commands()) {
        CAPTURE(command.words);
        Words line;
        std::istringstream words{std::string(command.words)};
        for (std::string word; words >> word;) line.push_back(word);
        line.emplace_back("--");
        const Words answers = complete(line);
        for (const CommandOption& option : command_options())
            CHECK(has(answers, "--" + std::string(option.name) + " ") == command.takes(option.name));
    }
    CHECK(complete({"start", "--re"}) == Words{"--reason "});
    CHECK(complete({"start", "--reason", "x", "--re"}).empty());
    CHECK(complete({"print_status", "--r"}) == Words{"--rid "});
    CHECK(has(complete({"-"}), "--version "));
}

TEST_CASE("After -s come the services of this node, also behind a comma, each once") {
    CHECK(complete({"-s", ""}) == Words{"vm188", "vm189", "web"});
    CHECK(complete({"-s", "vm188,"}) == Words{"vm188,vm189", "vm188,web"});
    CHECK(complete({"--service=vm"}) == Words{"vm188", "vm189"});
    CHECK(complete({"--service", "=", "w"}) == Words{"web"});
    CHECK(complete({"start", "-s", "w"}) == Words{"web"});
    CHECK(complete({"node", "trust", "w"}) == Words{"web "});
}

TEST_CASE("After --rid come the resources of the chosen services and their kinds") {
    CHECK(complete({"-s", "vm188", "start", "--rid", "ip"}) == Words{"ip", "ip#1", "ip#2"});
    CHECK(complete({"-s", "vm188", "start", "--rid", "ip#1,ip#"}) == Words{"ip#1,ip#2"});
    CHECK(complete({"-s", "vm189", "start", "--rid", "f"}) == Words{"fs", "fs#data"});
    CHECK(has(complete({"start", "--rid", ""}), "fs#data"));
    CHECK(has(complete({"start", "--rid", ""}), "container#1"));
    CHECK(complete({"-s", "web,missing", "start", "--rid", ""}).empty());
}

TEST_CASE("Values that an option names are offered, and files where it takes one") {
    CHECK(complete({"print", "status", "--format", ""}) == Words{"json ", "text "});
    CHECK(complete({"print", "status", "--format=j"}) == Words{"json "});
    CHECK(complete({"print", "status", "--format", "=", ""}) == Words{"json ", "text "});
    CHECK(complete({"--color", "a"}) == Words{"always ", "auto "});
    CHECK(complete({"node", "trust", "x", "--key", "/etc/s"}) == Words{":files"});
    CHECK(complete({"start", "--reason", ""}).empty());
}

TEST_CASE("A keyword is completed by the service's own sections, and with what may stand in them") {
    const Words sections = complete({"-s", "vm188", "get", "--param", ""});
    CHECK(has(sections, "nodes "));
    CHECK(has(sections, "ip#1."));
    CHECK_FALSE(has(sections, "service_type "));
    CHECK(complete({"-s", "vm188", "set", "--param", "ip#2.ipn"}) == Words{"ip#2.ipname "});
    CHECK(complete({"-s", "vm188", "set", "--kw", "container#1.qg"}) == Words{"container#1.qga "});
    CHECK(has(complete({"-s", "vm188", "set", "--kw", "ip#1.ipname", "=", "x", "--k"}), "--kw "));
}

TEST_CASE("Statuses, tags and nodes are completed, too") {
    CHECK(complete({"--status", "up,d"}) == Words{"up,down"});
    CHECK(complete({"-s", "vm188", "start", "--tags", "f"}) == Words{"first"});
    CHECK(complete({"-s", "vm188", "get", "--impersonate", "node1"}) == Words{"node109 ", "node110 "});
    CHECK(complete({"create", "--template", ""}) == Words{":files"});
}

TEST_CASE("print keywords is completed by sections first, then by what is in one") {
    CHECK(complete({"print", "keywords", "i"}) == Words{"ip"});
    CHECK(complete({"print", "keywords", "ip"}) == Words{"ip ", "ip."});
    CHECK(complete({"print", "keywords", "ip.ipn"}) == Words{"ip.ipname "});
    CHECK(has(complete({"print", "keywords", ""}), "node.conf "));
    CHECK(complete({"print", "keywords", "node.conf", "ssh.po"}) == Words{"ssh.port "});
    CHECK(complete({"print", "keywords", "ip", "x"}).empty());
    CHECK(complete({"print", "plan", "stopa"}) == Words{"stopapp "});
}
