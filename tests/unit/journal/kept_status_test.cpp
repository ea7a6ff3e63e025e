#include "svcmgr/journal/kept_status.h"

#include <doctest/doctest.h>

#include "svcmgr/journal/database.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

KeptService::Part part(const std::string& rid, Group group, Status status) {
    KeptService::Part part{Rid(rid), group, "container.kvm", "", ""};
    part.seen.status = status;
    return part;
}

KeptService example(const std::string& name) {
    KeptService service{name, "42 300", false, "start", "node109 node110", {}};
    service.parts = {part("ip#1", Group::ip, Status::down), part("container#1", Group::container, Status::standby_up)};
    KeptService::Part& ip = service.parts[0];
    ip.subset = "s";
    ip.tags = "a b";
    ip.optional = ip.monitored = true;
    ip.carrier = Rid("container#1");
    ip.seen.label = name + "@lan0";
    ip.seen.say(LogLine::Level::error, "a line\nand \"another\"");
    ip.seen.say(LogLine::Level::info, "");
    service.parts[1].seen.addresses = {"10.0.0.5", "2001:db8::5"};
    service.parts[1].disabled = true;
    return service;
}

struct Fixture : TestWorld {
    Path path = TestDirectory::path() + "/run/status.db";
    WallTime begun = clock.wall();
    void write(const std::vector<KeptService>& services) { KeptStatus::write(files, path, begun, services); }
};

}  // namespace

TEST_CASE("what was seen is read back, resource by resource") {
    Fixture world;
    world.write({example("vm188"), example("vm189")});
    const auto kept = KeptStatus::open(world.files, world.path);
    REQUIRE(kept);
    CHECK(kept->observed() == world.begun);
    const auto service = kept->find("vm189");
    REQUIRE(service);
    CHECK(service->name == "vm189");
    CHECK(service->env_mark == "42 300");
    CHECK_FALSE(service->env_errors);
    CHECK(service->orchestrate == "start");
    CHECK(service->nodes == "node109 node110");
    REQUIRE(service->parts.size() == 2);
    const KeptService::Part& ip = service->parts[0];
    CHECK(ip.rid == Rid("ip#1"));
    CHECK(ip.group == Group::ip);
    CHECK(ip.type == "container.kvm");
    CHECK(ip.subset == "s");
    CHECK(ip.tags == "a b");
    CHECK(ip.optional);
    CHECK(ip.monitored);
    CHECK_FALSE(ip.disabled);
    CHECK(ip.carrier == Rid("container#1"));
    CHECK(ip.seen.status == Status::down);
    CHECK(ip.seen.label == "vm189@lan0");
    CHECK(ip.seen.observed == world.begun);
    REQUIRE(ip.seen.log.size() == 2);
    CHECK(ip.seen.log[0].level == LogLine::Level::error);
    CHECK(ip.seen.log[0].message == "a line\nand \"another\"");
    CHECK(ip.seen.log[1].message.empty());
    const KeptService::Part& container = service->parts[1];
    CHECK(container.seen.status == Status::standby_up);
    CHECK(container.seen.addresses == std::vector<std::string>{"10.0.0.5", "2001:db8::5"});
    CHECK(container.disabled);
    CHECK(container.carrier == Rid());
    CHECK_FALSE(kept->find("vm190"));
}

TEST_CASE("a look replaces the one before, and whoever reads meanwhile sees one of the two") {
    Fixture world;
    CHECK_FALSE(KeptStatus::open(world.files, world.path));
    world.write({example("vm188"), example("vm189")});
    const auto before = KeptStatus::open(world.files, world.path);
    world.begun += std::chrono::minutes(1);
    world.write({example("vm188")});
    CHECK(before->find("vm189"));
    const auto after = KeptStatus::open(world.files, world.path);
    CHECK(after->observed() == before->observed() + std::chrono::minutes(1));
    CHECK(after->find("vm188"));
    CHECK_FALSE(after->find("vm189"));
    // A node without services was looked at, too.
    world.write({});
    CHECK(KeptStatus::open(world.files, world.path));
}

TEST_CASE("what is no database is an error that names it") {
    Fixture world;
    world.write({});
    world.files.replace(world.path, std::string(8192, 'x'), 0600);
    try {
        KeptStatus::open(world.files, world.path);
        FAIL("it was read");
    } catch (const Error& error) {
        CHECK(error.where() == world.path);
    }
}
