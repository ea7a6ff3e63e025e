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
