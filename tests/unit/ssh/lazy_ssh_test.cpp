#include "drivers/ssh/lazy_ssh.h"

#include <doctest/doctest.h>

#include "tests/unit/ssh/ssh_world.h"

using namespace svcmgr;

TEST_CASE("without its module every answer says what to install, and nothing is thrown") {
    test::SshWorld world;
    LazySsh ssh("/nonexistent", {});
    ssh.set_world(world.world(ssh));
    const Deadline deadline = test::patience(world.clock);
    auto mentions_package = [](const std::string& text) {
        return text.find("/nonexistent/svcmgr-ssh.so") != std::string::npos && text.find("install the package svcmgr") != std::string::npos;
    };
    SshOutcome outcome = ssh.run({"vm1"}, {"true"}, deadline, {});
    CHECK(outcome.value == SshOutcome::Value::unreachable);
    CHECK(mentions_package(outcome.reason));
    CHECK(mentions_package(ssh.host_key({"vm1"}, deadline).problem));
    auto key = ssh.read_public_key("x");
    REQUIRE_FALSE(key);
    CHECK(mentions_package(key.error()));
}
