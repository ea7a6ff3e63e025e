#include "svcmgr/action/peer_guard.h"

#include <doctest/doctest.h>

#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"

using namespace svcmgr;
using svcmgr::test::FakeResource;
using svcmgr::test::with;
using Answer = PeerInstance::Answer;

namespace {

struct Fixture {
    Fixture() {
        Options defaults("DEFAULT", {"vm188.env", 1, 1}, default_keywords());
        defaults = with(with(defaults, "nodes", "node1 node2"), "drpnodes", "drp1 drp2");
        std::vector<std::unique_ptr<Resource>> resources;
        resources.push_back(std::make_unique<FakeResource>("container#1", Group::container));
        service = std::make_unique<Service>("vm188", "vm188.env", defaults, std::move(resources));
        observation.resources[Rid("container#1")].status = Status::down;
    }
    PeerVerdict judge(const std::string& nodename, const std::string& peer, PeerInstance instance) {
        observation.peers[peer] = std::move(instance);
        return judge_peer(*service, request, observation, nodename, peer);
    }
    /// The exit code's reason; nothing when it may start.
    std::optional<Error::Code> refusal(const std::string& nodename, const std::string& peer, const PeerInstance& instance) {
        const auto verdict = judge(nodename, peer, instance);
        return verdict.refusal ? std::optional(verdict.refusal->code()) : std::nullopt;
    }

    std::unique_ptr<Service> service;
    Observation observation;
    Request request{.action = "start", .goal = Goal::up};
};

PeerInstance problem(Answer answer) {
    return {.answer = answer, .reason = "why"};
}
const PeerInstance runs{.answer = Answer::given, .running = {"container#1"}};
const PeerInstance does_not{.answer = Answer::given};
const PeerInstance starting{.answer = Answer::given, .acting = "start by anna"};
const PeerInstance cant_tell{.answer = Answer::given, .unknown = {"container#1"}};

}  // namespace

// If this fails, a guest runs on two nodes.
TEST_CASE("what runs on a peer, or is being started there, is not started here, with --force and a reason neither") {
    for (const bool force : {false, true})
        for (const PeerInstance& instance : {runs, starting})
            for (const char* peer : {"node2", "drp1"}) {
                Fixture f;
                f.request.force = force;
                f.request.reason = force ? "why not" : "";
                CHECK(f.refusal("node1", peer, instance) == Error::Code::refused);
            }
}

TEST_CASE("a peer that surely does not run it is no obstacle, and no risk") {
    Fixture f;
    const PeerVerdict verdict = f.judge("node1", "node2", does_not);
    CHECK_FALSE(verdict.refusal);
    CHECK(verdict.risk.empty());
}

// If this fails, scripts can't tell a peer that is gone from one that answers and is not sure.
TEST_CASE("a peer that could not be reached is another refusal than one that does not tell") {
    for (const Answer answer :
         {Answer::unresolved, Answer::unreachable, Answer::silent, Answer::key_unknown, Answer::key_changed, Answer::not_authorised}) {
        Fixture f;
        CHECK(f.refusal("node1", "node2", problem(answer)) == Error::Code::unreachable);
    }
    for (const Answer answer : {Answer::without_svcmgr, Answer::unreadable, Answer::without_service}) {
        Fixture f;
        CHECK(f.refusal("node1", "node2", problem(answer)) == Error::Code::refused);
    }
    Fixture f;
    CHECK(f.refusal("node1", "node2", cant_tell) == Error::Code::refused);
}

TEST_CASE("each refusal says what to do about it, and differs from the others") {
    std::set<std::string> hints;
    for (const Answer answer : {Answer::unresolved, Answer::unreachable, Answer::silent, Answer::key_unknown, Answer::key_changed,
                                Answer::not_authorised, Answer::without_svcmgr, Answer::unreadable, Answer::without_service}) {
        Fixture f;
        const auto verdict = f.judge("node1", "node2", problem(answer));
        CHECK(verdict.refusal->message().find("why") != std::string::npos);
        hints.insert(verdict.refusal->hint());
    }
    CHECK(hints.size() == 9);
}

TEST_CASE("--force takes the risk, and what is risked is said, with the reason that was given") {
    Fixture f;
    f.request.force = true;
    f.request.reason = "node2 is off";
    const PeerVerdict verdict = f.judge("node1", "node2", problem(Answer::unreachable));
    CHECK_FALSE(verdict.refusal);
    CHECK(verdict.risk.find("node2 is off") != std::string::npos);
    CHECK(verdict.risk.find("why") != std::string::npos);
}

// If this fails, a cluster engine can't bring a dead node's guests up elsewhere, or starts those that run.
TEST_CASE("a node that was fenced is off while it does not answer; whoever answers is not") {
    Fixture f;
    f.request.fenced = {"node2", "drp1"};
    for (const Answer answer : {Answer::unresolved, Answer::unreachable, Answer::refused, Answer::silent}) {
        const PeerVerdict verdict = f.judge("node1", "node2", problem(answer));
        CHECK_FALSE(verdict.refusal);
        CHECK(verdict.risk.empty());
        CHECK(verdict.reason.find("--fenced") != std::string::npos);
    }
    for (const Answer answer : {Answer::key_unknown, Answer::key_changed, Answer::not_authorised})
        CHECK(f.refusal("node1", "node2", problem(answer)) == Error::Code::unreachable);
    for (const PeerInstance& instance : {runs, starting, cant_tell, problem(Answer::without_svcmgr), problem(Answer::unreadable)})
        CHECK(f.refusal("node1", "node2", instance) == Error::Code::refused);
    f.request.fenced = {"node3"};
    CHECK(f.refusal("node1", "node2", problem(Answer::unreachable)) == Error::Code::unreachable);
}

TEST_CASE("fencing decides within a site: the other site's nodes are no members of the engine's") {
    Fixture f;
    f.request.fenced = {"node1"};
    CHECK(f.refusal("drp1", "node1", problem(Answer::unreachable)) == Error::Code::unreachable);
}

TEST_CASE("a drpnode that is gone keeps no production node from starting; the other way it takes --force and a reason") {
    Fixture f;
    CHECK_FALSE(f.refusal("node1", "drp1", problem(Answer::unreachable)));
    CHECK(f.refusal("drp1", "node1", problem(Answer::unreachable)) == Error::Code::unreachable);
    CHECK(f.refusal("drp1", "drp2", problem(Answer::unreachable)) == Error::Code::unreachable);
    f.request.force = true;
    CHECK(f.refusal("drp1", "node1", problem(Answer::unreachable)) == Error::Code::unreachable);
    CHECK_FALSE(f.refusal("drp1", "drp2", problem(Answer::unreachable)));
    f.request.reason = "the first site burns";
    CHECK_FALSE(f.refusal("drp1", "node1", problem(Answer::unreachable)));
}

TEST_CASE("the node that is about to stop it may run it still") {
    Fixture f;
    f.request.takes_over_from = "node2";
    CHECK_FALSE(f.refusal("node1", "node2", runs));
    CHECK(f.refusal("node1", "drp1", runs) == Error::Code::refused);
    // The start itself will have to ask it.
    CHECK(f.refusal("node1", "node2", problem(Answer::not_authorised)) == Error::Code::unreachable);
}
