#include "svcmgr/report/mon.h"

#include <doctest/doctest.h>

#include "tests/unit/report/example_service.h"

using namespace svcmgr;
using Answer = PeerInstance::Answer;

namespace {

PeerInstance is(Status status, std::vector<std::string> running = {}) {
    return {.answer = Answer::given, .avail = status, .overall = status, .running = std::move(running)};
}
const PeerInstance gone{.answer = Answer::unreachable, .reason = "node111: no answer within 2 s"};

struct Fixture {
    ExampleService example{{{"container#1", Group::container, "container.kvm", "vm188", Status::up}}};

    ServiceEverywhere on(std::map<std::string, PeerInstance> instances) const { return {*example.service, std::move(instances)}; }
    std::string text(std::map<std::string, PeerInstance> instances) const { return mon_text({on(std::move(instances))}); }
};

}  // namespace

// If this fails, somebody starts what runs, or believes that what runs nowhere is up.
TEST_CASE("a service as a whole: who has it up decides; what nobody can say is not down") {
    Fixture f;
    const PeerInstance up = is(Status::up, {"container#1"}), down = is(Status::down);
    CHECK(f.on({{"node109", up}, {"node110", down}}).avail() == Status::up);
    CHECK(f.on({{"node109", up}, {"node110", gone}}).avail() == Status::up);
    CHECK(f.on({{"node109", down}, {"node110", down}}).avail() == Status::down);
    CHECK(f.on({{"node109", down}, {"node110", gone}}).avail() == Status::undef);
    CHECK(f.on({{"node109", down}, {"node110", is(Status::undef)}}).avail() == Status::undef);
    CHECK(f.on({{"node109", down}, {"node110", is(Status::standby_up)}}).avail() == Status::standby_up);
    CHECK(f.on({{"node109", is(Status::not_applicable)}}).avail() == Status::not_applicable);
    CHECK(f.on({{"node109", is(Status::warn)}, {"node110", down}}).avail() == Status::warn);
}

TEST_CASE("one that runs twice is a warning, and both nodes are named") {
    Fixture f;
    const PeerInstance up = is(Status::up, {"container#1"});
    CHECK(f.on({{"node109", up}, {"node110", up}}).avail() == Status::warn);
    CHECK(f.text({{"node109", up}, {"node110", up}}).find("vm188: runs on node109 and node110: stop it on all but one") !=
          std::string::npos);
}

TEST_CASE("each status has its mark; the leader and the frozen ones have theirs besides") {
    Fixture f;
    const std::pair<Status, const char*> marks[] = {{Status::up, "O"},           {Status::standby_up, "o"}, {Status::down, "X"},
                                                    {Status::standby_down, "x"}, {Status::warn, "!"},       {Status::not_applicable, "/"},
                                                    {Status::undef, "?"}};
    for (const auto& [status, mark] : marks) {
        PeerInstance frozen = is(status);
        frozen.frozen = true;
        const std::string text = f.text({{"node109", is(status)}, {"node110", frozen}});
        CHECK(text.find(std::string(mark) + "^ ") != std::string::npos);
        CHECK(text.find(std::string(mark) + "*\n") != std::string::npos);
    }
}

TEST_CASE("a node that does not answer is said once, whatever number of services it has") {
    Fixture f;
    const std::string text = mon_text({f.on({{"node111", gone}}), f.on({{"node111", gone}})});
    const std::size_t first = text.find("node111: no answer");
    REQUIRE(first != std::string::npos);
    CHECK(text.find("no answer", first + 20) == std::string::npos);
    CHECK(text.find("node111: node111") == std::string::npos);
}

TEST_CASE("env files that differ are said; what a peer prints steers no terminal") {
    Fixture f;
    PeerInstance one = is(Status::down), other = is(Status::down);
    one.config = "a";
    other.config = "b";
    other.acting = "start by \x1b[31mmallory";
    const std::string text = f.text({{"node109", one}, {"node110", other}});
    CHECK(text.find("vm188: its env files differ between nodes") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
}
