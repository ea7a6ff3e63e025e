#include "svcmgr/cluster/node.h"

#include <doctest/doctest.h>

#include "drivers/error.h"
#include "drivers/files/memory_files.h"
#include "tests/unit/doubles.h"

using namespace svcmgr;

namespace {

struct Fixture {
    test::ManualClock clock;
    test::NoSignals signals;
    test::FixedHost host;
    MemoryFiles files{clock, signals};
    Paths paths;
    Node load() { return Node::load(files, host, paths); }
};

}  // namespace

TEST_CASE("everything stands below SVCMGR_ROOT") {
    const Paths paths("/lab/node1");
    CHECK(paths.node_conf == "/lab/node1/etc/svcmgr/node.conf");
    CHECK(paths.database == "/lab/node1/var/lib/svcmgr/svcmgr.db");
    CHECK(paths.lock_of("vm188") == "/lab/node1/run/svcmgr/vm188.lock");
    CHECK(Paths().host_mode == "/etc/svcmgr/host_mode");
}

TEST_CASE("the host mode: node.conf, else the single word file, else TST") {
    Fixture fixture;
    CHECK(fixture.load().host_mode() == "TST");
    fixture.files.put(fixture.paths.host_mode, "prd\n");
    CHECK(fixture.load().host_mode() == "PRD");
    fixture.files.put(fixture.paths.node_conf, "[node]\nhost_mode = DEV\n");
    CHECK(fixture.load().host_mode() == "DEV");
}

TEST_CASE("a file of several words is not a host mode") {
    Fixture fixture;
    fixture.files.put(fixture.paths.host_mode, "PRD or so\n");
    CHECK(fixture.load().host_mode() == "TST");
}

TEST_CASE("sections have their defaults, and what node.conf says") {
    Fixture fixture;
    CHECK(fixture.load().section("node").duration("look_timeout") == std::chrono::seconds(2));
    CHECK(fixture.load().section("kvm").text("uri") == "qemu:///system");
    fixture.files.put(fixture.paths.node_conf, "[node]\nlook_timeout = 5\n[kvm]\nuri = test:///default\n");
    const Node node = fixture.load();
    CHECK(node.section("node").duration("look_timeout") == std::chrono::seconds(5));
    CHECK(node.section("kvm").text("uri") == "test:///default");
    CHECK(node.findings().empty());
}

// If this fails, the journal forgets what its owner wants to keep, or keeps what fills the disk.
TEST_CASE("how much of the past is kept is said by node.conf") {
    Fixture fixture;
    CHECK(fixture.load().retention().age == std::chrono::days(90));
    CHECK(fixture.load().retention().actions == 500);
    CHECK(fixture.load().retention().size == 64u << 20);
    CHECK(fixture.load().log_limits().size == 10u << 20);
    CHECK(fixture.load().log_limits().keep == 5);
    fixture.files.put(fixture.paths.node_conf,
                      "[journal]\nkeep_days = 7\nkeep_actions = 30\nmax_size = 2m\nlog_max_size = 1m\nlog_keep = 2\n");
    CHECK(fixture.load().findings().empty());
    CHECK(fixture.load().retention().age == std::chrono::days(7));
    CHECK(fixture.load().retention().actions == 30);
    CHECK(fixture.load().retention().size == 2u << 20);
    CHECK(fixture.load().log_limits().size == 1u << 20);
    CHECK(fixture.load().log_limits().keep == 2);
    fixture.files.put(fixture.paths.node_conf,
                      "[journal]\nkeep_days = 9000000000000\nkeep_actions = 9000000000000\nlog_keep = 9000000000000\n");
    CHECK(fixture.load().retention().age == std::chrono::days(36'500));
    CHECK(fixture.load().retention().actions == 1'000'000'000);
    CHECK(fixture.load().log_limits().keep == 999);
}

TEST_CASE("what node.conf can't mean is found") {
    Fixture fixture;
    fixture.files.put(fixture.paths.node_conf, "[node]\nlook_timeot = 5\n[nonsense]\nx = 1\n");
    CHECK(fixture.load().findings().size() == 2);
    fixture.files.fail(fixture.paths.node_conf, MemoryFiles::FaultOn::look, EACCES);
    CHECK_THROWS_AS(fixture.load(), Error);
}
