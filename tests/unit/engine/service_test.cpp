#include "svcmgr/service/service.h"

#include <doctest/doctest.h>

#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"

using namespace svcmgr;
using svcmgr::test::FakeResource;
using svcmgr::test::with;

namespace {

struct Part {
    const char* rid;
    Group group;
    Status status;
    std::vector<LogLine> log = {};
};

Summary summary_of(const std::vector<Part>& parts) {
    std::vector<std::unique_ptr<Resource>> resources;
    Observation observation;
    for (const Part& part : parts) {
        resources.push_back(std::make_unique<FakeResource>(part.rid, part.group));
        observation.resources[Rid(part.rid)].status = part.status;
        observation.resources[Rid(part.rid)].log = part.log;
    }
    return Service("vm188", "vm188.env", Options("DEFAULT", {}, default_keywords()), std::move(resources)).summarize(observation);
}

}  // namespace

TEST_CASE("avail merges everything but syncs and tasks") {
    const Summary summary = summary_of(
        {{"container#1", Group::container, Status::up}, {"ip#1", Group::ip, Status::up}, {"vmdg", Group::disk, Status::not_applicable}});
    CHECK(summary.avail == Status::up);
    CHECK(summary.overall == Status::up);
    CHECK(summary.group(Group::disk) == Status::not_applicable);
    CHECK(summary.group(Group::fs) == Status::not_applicable);
    CHECK(summary_of({{"container#1", Group::container, Status::up}, {"ip#1", Group::ip, Status::down}}).avail == Status::warn);
}

TEST_CASE("a late replica makes the service warn, never down") {
    const Summary summary = summary_of({{"container#1", Group::container, Status::up}, {"sync#1", Group::sync, Status::down}});
    CHECK(summary.avail == Status::up);
    CHECK(summary.overall == Status::warn);
    CHECK(summary.group(Group::sync) == Status::down);
    CHECK(summary_of({{"container#1", Group::container, Status::down}, {"sync#1", Group::sync, Status::up}}).overall == Status::down);
}

TEST_CASE("a complaint about a resource that is up makes the service warn; an information does not") {
    CHECK(summary_of({{"container#1", Group::container, Status::up, {{LogLine::Level::warn, "autostart is on"}}}}).overall == Status::warn);
    CHECK(summary_of({{"container#1", Group::container, Status::up, {{LogLine::Level::warn, "autostart is on"}}}}).avail == Status::up);
    CHECK(summary_of({{"container#1", Group::container, Status::up, {{LogLine::Level::info, "no checkup scripts"}}}}).overall ==
          Status::up);
}

TEST_CASE("what nobody knows is no statement about the rest") {
    CHECK(summary_of({{"container#1", Group::container, Status::up}, {"app", Group::app, Status::undef}}).avail == Status::up);
    CHECK(summary_of({{"container#1", Group::container, Status::undef}}).avail == Status::undef);
    CHECK(summary_of({{"container#1", Group::container, Status::undef}, {"vmdg", Group::disk, Status::not_applicable}}).avail ==
          Status::undef);
    CHECK(summary_of({{"ip#1", Group::ip, Status::undef}, {"app", Group::app, Status::not_applicable}}).avail == Status::undef);
    CHECK(summary_of({{"container#1", Group::container, Status::undef}, {"ip#1", Group::ip, Status::down}}).avail == Status::down);
}

TEST_CASE("why nothing is known is not a warning about something that is") {
    const std::vector<LogLine> why = {{LogLine::Level::warn, "libvirtd did not answer within 2 s"}};
    CHECK(summary_of({{"container#1", Group::container, Status::undef, why}}).overall == Status::undef);
    CHECK(summary_of({{"container#1", Group::container, Status::undef, why}, {"sync#i0", Group::sync, Status::not_applicable}}).overall ==
          Status::undef);
    CHECK(summary_of({{"container#1", Group::container, Status::undef, why}, {"fs#1", Group::fs, Status::up}}).overall == Status::warn);
}

TEST_CASE("standby resources show as what they are until the service is up") {
    const Summary up = summary_of({{"disk#1", Group::disk, Status::standby_up}, {"fs#1", Group::fs, Status::up}});
    CHECK(up.avail == Status::up);
    CHECK(up.group(Group::disk) == Status::up);
    CHECK(summary_of({{"disk#1", Group::disk, Status::standby_up}, {"fs#1", Group::fs, Status::down}}).avail == Status::standby_up);
}

TEST_CASE("resources are in the order of the tree, naturally numbered") {
    std::vector<std::unique_ptr<Resource>> resources;
    for (const auto& [rid, group] :
         {std::pair{"app", Group::app}, {"container#1", Group::container}, {"ip#10", Group::ip}, {"ip#2", Group::ip}})
        resources.push_back(std::make_unique<FakeResource>(rid, group));
    const Service service("vm188", "vm188.env", Options("DEFAULT", {}, default_keywords()), std::move(resources));
    std::vector<std::string> order;
    for (const auto& resource : service.resources()) order.push_back(resource->rid().text());
    CHECK(order == std::vector<std::string>{"ip#2", "ip#10", "container#1", "app"});
}

TEST_CASE("the first of nodes is the placement leader, and drpnodes are drpnode and drpnodes") {
    Options defaults = with(Options("DEFAULT", {}, default_keywords()), "nodes", "node109 node110");
    defaults = with(with(defaults, "drpnode", "drp1"), "drpnodes", "drp2 drp1");
    const Service service("vm188", "vm188.env", defaults, {});
    CHECK(service.placement_leader("node109"));
    CHECK_FALSE(service.placement_leader("node110"));
    CHECK(service.drpnodes() == std::vector<std::string>{"drp1", "drp2"});
}
