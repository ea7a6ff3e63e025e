#include "svcmgr/action/monitoring.h"

#include <doctest/doctest.h>

#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"

using namespace svcmgr;
using svcmgr::test::FakeResource;
using Verdict = Judgement::Verdict;

namespace {

/// A service of a container that may be started twice, which was up when it was looked at last.
struct Fixture {
    Fixture() {
        Options options("container#1", {}, generic_keywords());
        options.set("restart", {"2", {}});
        std::vector<std::unique_ptr<Resource>> resources;
        resources.push_back(std::make_unique<FakeResource>("container#1", Group::container, nullptr, options));
        resources.push_back(std::make_unique<FakeResource>("app#1", Group::app));
        service = std::make_unique<Service>("vm188", "vm188.env", Options("DEFAULT", {}, default_keywords()), std::move(resources));
        seen(Status::down);
        observation.observed = WallTime(std::chrono::hours(100));
        before[container] = {.was_up = true, .action = "old"};
        add("old", Goal::down, ActionState::done);
    }

    void seen(Status status) { observation.resources[container].status = status; }
    /// An action that was done before those that are there.
    ActionRecord& add(const std::string& sid, std::optional<Goal> goal, ActionState state) {
        ActionHistory history;
        history.action.sid = sid;
        history.action.action = "stop";
        history.action.aim.goal = goal;
        history.state = state;
        actions.insert(actions.begin(), history);
        return actions.front().action;
    }
    Look look() const { return {observation, before, actions}; }
    Judgement judgement() const {
        const auto all = judge(*service, look());
        REQUIRE(all.size() == 1);
        return all.front();
    }
    Watched remembered() const { return remember(*service, look()).at(container); }

    const Rid container{"container#1"};
    std::unique_ptr<Service> service;
    Observation observation;
    std::map<Rid, Watched> before;
    std::vector<ActionHistory> actions;
};

}  // namespace

// If this fails, a guest that died stays down until somebody looks.
TEST_CASE("what was up and is down is to be started again, as often as it may be") {
    Fixture f;
    CHECK(f.judgement().verdict == Verdict::restart);
    CHECK(f.judgement().tries_left == 2);
    f.before[f.container].tries = 1;
    CHECK(f.judgement().tries_left == 1);
    f.before[f.container].tries = 2;
    CHECK(f.judgement().verdict == Verdict::exhausted);
}

// If this fails, a timer starts what a person stopped.
TEST_CASE("what an action took down since the last look is meant to be down") {
    Fixture f;
    f.add("new", Goal::down, ActionState::done);
    CHECK(f.judgement().verdict == Verdict::meant);
    f.add("newer", Goal::up, ActionState::done);
    CHECK(f.judgement().verdict == Verdict::restart);
    f.add("failed start", Goal::up, ActionState::undone);
    CHECK(f.judgement().verdict == Verdict::meant);
    f.actions.erase(f.actions.begin());
    f.add("killed stop", Goal::down, ActionState::running);
    CHECK(f.judgement().verdict == Verdict::meant);
}

TEST_CASE("an action on something else, and one that was refused, say nothing about it") {
    Fixture f;
    f.add("refused", Goal::down, ActionState::refused);
    f.add("of apps", Goal::down, ActionState::done).aim.groups = {Group::app};
    f.add("of another", Goal::down, ActionState::done).aim.rids = {Rid("app#1")};
    f.add("a task", Goal::run, ActionState::failed);
    CHECK(f.judgement().verdict == Verdict::restart);
}

// If this fails, a node is rebooted because a hypervisor does not answer.
TEST_CASE("only what was seen down counts, and only when it was up before") {
    Fixture f;
    for (const Status status : {Status::undef, Status::warn}) {
        f.seen(status);
        CHECK(f.judgement().verdict == Verdict::unknown);
        CHECK(f.remembered().was_up);
    }
    for (const Status status : {Status::up, Status::standby_up, Status::not_applicable}) {
        f.seen(status);
        CHECK(f.judgement().verdict == Verdict::well);
    }
    f.seen(Status::standby_down);
    CHECK(f.judgement().verdict == Verdict::restart);
    f.before[f.container].was_up = false;
    CHECK(f.judgement().verdict == Verdict::meant);
    f.before.clear();
    CHECK(f.judgement().verdict == Verdict::meant);
}

TEST_CASE("what was seen is remembered with the newest action; tries are given back after it has been well for a while") {
    Fixture f;
    f.before[f.container].tries = 2;
    f.before[f.container].tried = f.observation.observed - settled;
    CHECK_FALSE(f.remembered().was_up);
    CHECK(f.remembered().tries == 2);
    f.seen(Status::up);
    f.add("newest", Goal::up, ActionState::done);
    CHECK(f.remembered() == Watched{.was_up = true, .action = "newest"});
    f.before[f.container].tried = f.observation.observed - settled + std::chrono::seconds(1);
    CHECK(f.remembered().tries == 2);
}

TEST_CASE("resources that ask for nothing, and disabled ones, are not judged") {
    Fixture f;
    f.observation.resources[Rid("app#1")].status = Status::down;
    CHECK(judge(*f.service, f.look()).size() == 1);
}
