#include "svcmgr/cluster/peer_report.h"

#include <doctest/doctest.h>

#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"

using namespace svcmgr;
using svcmgr::test::FakeResource;

namespace {

struct Fixture {
    Fixture() {
        Options standby("fs#1", {}, generic_keywords());
        standby.set("standby", {"true", {}});
        auto container = std::make_unique<FakeResource>("container#1", Group::container);
        const Resource* carrier = container.get();
        std::vector<std::unique_ptr<Resource>> resources;
        resources.push_back(std::make_unique<FakeResource>("fs#1", Group::fs, nullptr, standby));
        resources.push_back(std::move(container));
        resources.push_back(std::make_unique<FakeResource>("app", Group::app, carrier));
        resources.push_back(std::make_unique<FakeResource>("sync#1", Group::sync));
        service = std::make_unique<Service>("vm188", "vm188.env", Options("DEFAULT", {}, default_keywords()), std::move(resources));
        for (const auto& resource : service->resources()) observation.resources[resource->rid()].status = Status::up;
    }
    PeerInstance with_container(Status status) {
        observation.resources[Rid("container#1")].status = status;
        return instance_of(*service, observation);
    }

    std::unique_ptr<Service> service;
    Observation observation;
};

using Rids = std::vector<std::string>;

}  // namespace

// If this fails, a guest is started on a second node, or can't be started on the only one.
TEST_CASE("what a node carries and may run once counts: neither standby resources nor what lives in a guest") {
    Fixture f;
    CHECK(f.with_container(Status::up).running == Rids{"container#1"});
    CHECK(f.with_container(Status::up).runs());
    CHECK(f.with_container(Status::warn).runs());  // paused, or on its way
    CHECK(f.with_container(Status::down).surely_not());
    CHECK(f.with_container(Status::undef).unknown == Rids{"container#1"});
    CHECK_FALSE(f.with_container(Status::undef).surely_not());
    CHECK_FALSE(f.with_container(Status::undef).runs());
}

TEST_CASE("a report is read back as it was written") {
    Fixture f;
    f.observation.frozen = true;
    f.observation.acting = "start by anna";
    PeerReport report{"node2", "9.9", "PRD", {{"vm188", f.with_container(Status::up)}}};
    report.instances["vm189"] = {.answer = PeerInstance::Answer::without_service, .reason = "there is no \"vm189\"\n"};
    const auto read = parse_peer_report(to_json(report));
    REQUIRE(read);
    CHECK(read->node == "node2");
    CHECK(read->host_mode == "PRD");
    const PeerInstance& instance = read->instances.at("vm188");
    CHECK(instance.runs());
    CHECK(instance.version == "9.9");
    CHECK(instance.frozen);
    CHECK(instance.starting());
    CHECK(instance.avail == Status::up);
    CHECK(read->instances.at("vm189").answer == PeerInstance::Answer::without_service);
    CHECK(read->instances.at("vm189").reason == "there is no \"vm189\"\n");
}

// If this fails, a peer with a login banner, or a hostile one, ends svcmgr, or is believed.
TEST_CASE("what is no report is a sentence") {
    const std::string good =
        R"({"schema":"svcmgr.peer/1","node":"n","version":"1","host_mode":"TST","services":{"a":{"avail":"up","overall":"up","frozen":false,"acting":"","running":[],"unknown":[]}}})";
    REQUIRE(parse_peer_report(good));
    for (std::size_t length = 0; length < good.size(); ++length) CHECK_FALSE(parse_peer_report(good.substr(0, length)));
    const auto with = [&](const std::string& old, const std::string& now) {
        std::string text = good;
        return text.replace(text.find(old), old.size(), now);
    };
    for (const std::string& text : {with("peer/1", "peer/2"), with("\"up\"", "\"excellent\""), with("false", "\"no\""), with("[]", "[7]"),
                                    with("{\"a\"", "[\"a\""), with("\"avail\"", "\"avial\""), "Welcome to node2!\n" + good, good + good}) {
        CAPTURE(text);
        const auto report = parse_peer_report(text);
        REQUIRE_FALSE(report);
        CHECK_FALSE(report.error().reason.empty());
        CHECK(report.error().version == (text.find("peer/2") == std::string::npos ? "" : "1"));
    }
    CHECK(parse_peer_report(with("\"frozen\"", "\"later\":{\"x\":[1]},\"frozen\"")));  // a newer svcmgr may say more
}
