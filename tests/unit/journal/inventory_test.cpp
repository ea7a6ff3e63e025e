#include "svcmgr/journal/inventory.h"

#include <doctest/doctest.h>

#include <limits>

#include "svcmgr/journal/database.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

ServiceRecord example_service(WallTime updated) {
    ServiceRecord record;
    record.service = "vm188";
    record.node = "node109";
    record.env = "PRD";
    record.app = "shop";
    record.comment = "the shop's \"database\"";
    record.nodes = {"node109", "node110"};
    record.drpnodes = {"node111"};
    record.orchestrate = "start";
    record.config_file = "/etc/svcmgr/vm188.env";
    record.config = "[default]\nnodes = node109 node110\n\xff\n";
    record.avail = "up";
    record.overall = "warn";
    record.frozen = true;
    record.updated = updated;
    record.resources = {{"container#1", "container.kvm", "vm188", "up", "warn: autostart is on", 4, 8 << 20, {"10.0.0.5", "2001:db8::5"}},
                        {"ip#10", "ip", "vm188@lan0", "n/a", "", 0, 0}};
    return record;
}

DiskRecord example_disk(const std::string& id) {
    return {"vm188",
            "node109",
            "vmdg",
            id,
            "block",
            "/dev/mapper/m1",
            "vda",
            "HP",
            "OPEN-V",
            "5000",
            std::numeric_limits<std::uint64_t>::max()};
}

}  // namespace

// If this fails, `push` loses what the collector's users look for.
TEST_CASE("a service comes back as it was pushed") {
    TestWorld world;
    const auto inventory = Inventory::open(world.world(), world.database());
    const ServiceRecord record = example_service(world.clock.wall());
    inventory->put_service(record);
    const auto found = inventory->service("vm188", "node109");
    REQUIRE(found.has_value());
    CHECK(found->service == record.service);
    CHECK(found->node == record.node);
    CHECK(found->env == record.env);
    CHECK(found->app == record.app);
    CHECK(found->comment == record.comment);
    CHECK(found->nodes == record.nodes);
    CHECK(found->drpnodes == record.drpnodes);
    CHECK(found->orchestrate == record.orchestrate);
    CHECK(found->config_file == record.config_file);
    CHECK(found->config == record.config);
    CHECK(found->avail == record.avail);
    CHECK(found->overall == record.overall);
    CHECK(found->frozen);
    CHECK(found->updated == record.updated);
    CHECK(found->resources == record.resources);
    CHECK_FALSE(inventory->service("vm188", "node110").has_value());
    CHECK_FALSE(inventory->service("vm189", "node109").has_value());
}

// If this fails, resources that were taken out of the env file stay in the inventory for ever.
TEST_CASE("a second push replaces the first, and that of this node only") {
    TestWorld world;
    const auto inventory = Inventory::open(world.world(), world.database());
    ServiceRecord record = example_service(world.clock.wall());
    inventory->put_service(record);
    record.node = "node110";
    inventory->put_service(record);
    record.resources.resize(1);
    record.frozen = false;
    record.nodes.clear();
    inventory->put_service(record);
    CHECK(inventory->service("vm188", "node110")->resources.size() == 1);
    CHECK_FALSE(inventory->service("vm188", "node110")->frozen);
    CHECK(inventory->service("vm188", "node110")->nodes.empty());
    CHECK(inventory->service("vm188", "node109")->resources.size() == 2);
}

TEST_CASE("disks come back as they were found, in their order, and are replaced per node") {
    TestWorld world;
    const auto inventory = Inventory::open(world.world(), world.database());
    CHECK(inventory->disks("vm188").empty());
    const std::vector<DiskRecord> disks = {example_disk("360000000000000002"), example_disk("360000000000000001")};
    inventory->put_disks("vm188", "node109", disks);
    CHECK(inventory->disks("vm188") == disks);
    DiskRecord other = example_disk("node110./dev/sda");
    other.node = "node110";
    inventory->put_disks("vm188", "node110", {other});
    inventory->put_disks("vm188", "node109", {disks[1]});
    CHECK(inventory->disks("vm188") == std::vector<DiskRecord>{disks[1], other});
    inventory->put_disks("vm188", "node110", {});
    CHECK(inventory->disks("vm188") == std::vector<DiskRecord>{disks[1]});
    CHECK(inventory->disks("vm189").empty());
}

// If this fails, half of a push is taken for the whole.
TEST_CASE("a push that fails leaves what was there") {
    TestWorld world;
    const auto inventory = Inventory::open(world.world(), world.database());
    inventory->put_disks("vm188", "node109", {example_disk("a"), example_disk("b")});
    inventory->put_service(example_service(world.clock.wall()));
    Database::open_for_writing(world.files, world.database())
        ->execute(
            "CREATE TRIGGER no_more BEFORE INSERT ON disk WHEN new.n = 2 BEGIN SELECT raise(ABORT, 'no'); END;"
            "CREATE TRIGGER no_more_either BEFORE INSERT ON resource WHEN new.n = 2 BEGIN SELECT raise(ABORT, 'no'); END");
    CHECK_THROWS_AS(inventory->put_disks("vm188", "node109", {example_disk("c"), example_disk("d")}), Error);
    CHECK(inventory->disks("vm188").front().id == "a");
    ServiceRecord changed = example_service(world.clock.wall());
    changed.avail = "down";
    CHECK_THROWS_AS(inventory->put_service(changed), Error);
    CHECK(inventory->service("vm188", "node109")->avail == "up");
    CHECK(inventory->service("vm188", "node109")->resources.size() == 2);
}
