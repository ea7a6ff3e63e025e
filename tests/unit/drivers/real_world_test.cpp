#include "drivers/real_world.h"

#include <doctest/doctest.h>

#include <string>

#include "drivers/error.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

std::string modules_of(const World& world) {
    const auto maps = world.files.read("/proc/self/maps", 16 << 20).value();
    std::string found;
    for (const auto* name : {"svcmgr-kvm", "svcmgr-ssh", "libvirt.so", "libssh.so"})
        if (maps.find(name) != std::string::npos) found += name;
    return found;
}

std::string problem_of(const World& world) {
    try {
        world.hypervisors.get("kvm");
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a command that needs no hypervisor and no peer pays for none") {
    RealWorld real("/no/such/directory");
    const World world = real.world();
    CHECK(world.files.list("/proc/self/task")->size() == 1);
    CHECK(modules_of(world) == "");
}

TEST_CASE("the parts are those of this machine, and know each other's signals") {
    RealWorld real("/no/such/directory");
    const World world = real.world();
    CHECK(world.host.nodename() == RealHost().nodename());
    CHECK(world.processes.alive(world.processes.self()));
    receive(world.signals, SIGTERM);
    const auto deadline = patience(world.clock);
    world.clock.sleep_until(deadline.at());
    const auto group = world.tasks.group();
    CHECK_FALSE(deadline.passed(world.clock));
    CHECK_FALSE(world.processes.run({"true"}, deadline).ok());
    CHECK(world.signals.take() == SIGTERM);
    CHECK(world.processes.run({"true"}, deadline).ok());
}

TEST_CASE("a module that is missing is named, with its package") {
    RealWorld real("/no/such/directory");
    World world = real.world();
    CHECK(problem_of(world).find("/no/such/directory/svcmgr-kvm.so") != std::string::npos);
    const auto outcome = world.ssh.run({.host = "localhost"}, {"true"}, patience(world.clock));
    CHECK(outcome.value == SshOutcome::Value::unreachable);
    CHECK(outcome.reason.find("/no/such/directory/svcmgr-ssh.so") != std::string::npos);
}

TEST_CASE("what node.conf says reaches Worlds that were handed out before") {
    RealWorld real("/no/such/directory");
    const World world = real.world();
    real.configure({}, [](std::string_view type) { return Options(std::string(type), {}, {}); });
    CHECK(&real.world().ssh == &world.ssh);
    CHECK(&real.world().hypervisors == &world.hypervisors);
    CHECK(problem_of(world).find("svcmgr-kvm.so") != std::string::npos);
}
