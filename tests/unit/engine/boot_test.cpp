#include "svcmgr/cluster/boot.h"

#include <doctest/doctest.h>

#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"

using namespace svcmgr;
using svcmgr::test::FakeResource;
using svcmgr::test::with;

namespace {

using Part = BootPart::Value;
using Prospect = BootProspect::Value;

Options said(std::initializer_list<std::pair<const char*, const char*>> values) {
    Options options("DEFAULT", {}, default_keywords());
    for (const auto& [keyword, value] : values) options = with(std::move(options), keyword, value);
    return options;
}

Service service_with(Options defaults, Options resource = Options("fake", {}, generic_keywords())) {
    std::vector<std::unique_ptr<Resource>> resources;
    resources.push_back(std::make_unique<FakeResource>("container#1", Group::container, nullptr, std::move(resource)));
    return {"vm188", "vm188.env", std::move(defaults), std::move(resources)};
}

Part part(std::initializer_list<std::pair<const char*, const char*>> values, const std::string& node) {
    return boot_part(service_with(said(values)), node).value;
}

PeerInstance answer(std::vector<std::string> running, std::string acting = {}) {
    PeerInstance peer;
    peer.answer = PeerInstance::Answer::given;
    peer.running = std::move(running);
    peer.acting = std::move(acting);
    return peer;
}

Consideration seen_as(Status container) {
    Consideration consideration;
    consideration.observation.resources[Rid("container#1")].status = container;
    return consideration;
}

Step refusal(Error::Code code) {
    Step step;
    step.refusal = Error(code, "node2 can't be asked");
    return step;
}

}  // namespace

TEST_CASE("who starts a service at boot") {
    CHECK(part({{"nodes", "node1 node2"}, {"orchestrate", "start"}}, "node1") == Part::start);
    CHECK(part({{"nodes", "node1 node2"}, {"orchestrate", "start"}}, "node2") == Part::no_part);
    CHECK(part({{"nodes", "node1 node2"}, {"orchestrate", "no"}}, "node1") == Part::no_part);
    CHECK(part({{"nodes", "node1 node2"}}, "node1") == Part::no_part);
    CHECK(part({{"nodes", "node1 node2"}, {"orchestrate", "ha"}}, "node1") == Part::nothing);
    CHECK(part({{"nodes", "node1 node2"}, {"orchestrate", "start"}}, "node3") == Part::nothing);
    CHECK(part({{"nodes", "node1"}, {"drpnodes", "node3"}, {"orchestrate", "start"}}, "node3") == Part::no_part);
}

TEST_CASE("standby resources come up where the service itself does not") {
    const Options standby = with(Options("fake", {}, generic_keywords()), "standby", "true");
    CHECK(boot_part(service_with(said({{"nodes", "node1 node2"}, {"orchestrate", "start"}}), standby), "node2").value == Part::standby);
    CHECK(boot_part(service_with(said({{"nodes", "node1 node2"}, {"orchestrate", "ha"}}), standby), "node2").value == Part::nothing);
}

TEST_CASE("a start at boot waits for what may come, and for nothing else") {
    const Service service = service_with(said({{"nodes", "node1 node2"}}));
    CHECK(boot_prospect(service, seen_as(Status::down)).value == Prospect::ready);
    CHECK(boot_prospect(service, seen_as(Status::warn)).value == Prospect::ready);
    CHECK(boot_prospect(service, seen_as(Status::undef)).value == Prospect::not_yet);

    Consideration peers = seen_as(Status::down);
    peers.observation.peers["node2"] = answer({}, "start by root (pid 7) since 10:00");
    CHECK(boot_prospect(service, peers).value == Prospect::not_yet);
    peers.observation.peers["node2"] = answer({}, "stop by root (pid 7) since 10:00");
    CHECK(boot_prospect(service, peers).value == Prospect::ready);

    Consideration refused = seen_as(Status::down);
    refused.plan.steps = {refusal(Error::Code::unreachable)};
    CHECK(boot_prospect(service, refused).value == Prospect::not_yet);
    CHECK(boot_prospect(service, refused).reason == "node2 can't be asked");
    refused.plan.steps = {refusal(Error::Code::refused)};
    CHECK(boot_prospect(service, refused).value == Prospect::ready);
}

TEST_CASE("what a peer runs is left to it, whatever else is to be said") {
    const Service service = service_with(said({{"nodes", "node1 node2"}}));
    Consideration consideration = seen_as(Status::undef);
    consideration.observation.peers["node2"] = answer({"container#1"});
    CHECK(boot_prospect(service, consideration).value == Prospect::elsewhere);
}
