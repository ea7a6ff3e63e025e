#include "svcmgr/cluster/env_change.h"

#include <doctest/doctest.h>

#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

/// The mode of the env file that is made of a text.
std::uint32_t mode_of(NodeWorld& node, const std::string& service, const std::string& text) {
    const Paths paths{"/root"};
    const Document document = Document::parse(text, "given.env");
    const EnvChange made = create_env_file(node.world(), paths, Node::load(node.files, node.host, paths), service, document);
    CHECK(made.result == EnvChange::Result::installed);
    const auto facts = node.files.facts(made.file);
    return facts ? facts->mode : 0;
}

}  // namespace

TEST_CASE_FIXTURE(NodeWorld, "an env file with a secret in it is its owner's alone to read") {
    const std::string plain = "[DEFAULT]\n[container#1]\ntype = docker\nimage = lab:1\nenvironment = ";
    CHECK(mode_of(*this, "web", plain + "A=1\n") == 0644);
    CHECK(mode_of(*this, "db", plain + "A=1 DB_PASSWORD=hunter2\n") == 0600);
    CHECK(mode_of(*this, "app", "[DEFAULT]\n[container#1]\ntype = docker\nimage = lab:1\n[env]\nadmin_password: x\n") == 0600);
}

// `set` put a password into a file that everybody could read, and said nothing.
TEST_CASE_FIXTURE(NodeWorld, "the first secret in a file that others can read is a warning of the change that puts it there") {
    const Paths paths{"/root"};
    const Node node = Node::load(files, host, paths);
    files.put("/root/etc/svcmgr/web.env", "[DEFAULT]\nnodes = node109\n[container#1]\ntype = docker\nimage = lab:1\n", 0644);
    const auto set = [&](const char* value) {
        return change_env_file(world(), paths, node, "web", [&](Document& document) { document.set("container#1", "environment", value); });
    };
    const EnvChange first = set("DB_PASS=hunter2");
    CHECK(first.result == EnvChange::Result::installed);
    REQUIRE(first.findings.size() == 1);
    CHECK(first.findings.front().level == Finding::Level::warning);
    CHECK(to_text(first.findings.front()).find("it holds a secret, and others than its owner can read the file (mode 0644)") !=
          std::string::npos);
    CHECK(to_text(first.findings.front()).find("hunter2") == std::string::npos);
    CHECK(set("DB_PASS=hunter3").findings.size() == 0);
    files.put("/root/etc/svcmgr/web.env", "[DEFAULT]\nnodes = node109\n[container#1]\ntype = docker\nimage = lab:1\n", 0600);
    CHECK(set("DB_PASS=hunter2").findings.empty());
}
