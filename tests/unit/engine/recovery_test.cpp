#include "svcmgr/action/recovery.h"

#include <doctest/doctest.h>

#include "svcmgr/action/undo.h"
#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"
#include "tests/unit/engine/plan_steps.h"

using namespace svcmgr;
using svcmgr::test::changes;
using svcmgr::test::FakeResource;
using svcmgr::test::Names;
using namespace std::chrono_literals;

namespace {

/// A service of a disk, a container and an app inside it, and the record of an action on it that was killed.
struct Fixture {
    Fixture() {
        std::vector<std::unique_ptr<Resource>> resources;
        resources.push_back(std::make_unique<FakeResource>("fs#1", Group::fs));
        auto container = std::make_unique<FakeResource>("container#1", Group::container);
        const Resource* carrier = container.get();
        resources.push_back(std::move(container));
        resources.push_back(std::make_unique<FakeResource>("app", Group::app, carrier));
        service = std::make_unique<Service>("vm188", "vm188.env", Options("DEFAULT", {}, default_keywords()), std::move(resources));
        for (const auto& resource : service->resources()) observation.resources[resource->rid()].status = Status::up;

        interrupted.action.sid = "the sid";
        interrupted.action.service = "vm188";
        interrupted.action.action = "start";
        interrupted.action.aim.goal = Goal::up;
        Step guard{.id = 1, .verb = "check frozen"};
        interrupted.steps.push_back({.step = guard, .state = StepState::done});
        add("fs#1", "start", "stop", StepState::done);
        add("container#1", "start", "undo start", StepState::done);
        add("container#1", "wait up", "", StepState::done);
        add("app", "start", "stop", StepState::begun);
    }

    void add(const std::string& rid, const std::string& verb, const std::string& undo, StepState state) {
        Step step{.id = static_cast<int>(interrupted.steps.size()) + 1, .rid = Rid(rid), .verb = verb, .deadline = 10s, .undo = undo};
        step.undo_deadline = 20s;
        interrupted.steps.push_back({.step = step, .state = state});
    }

    StepRecord& record(const std::string& name) {
        for (StepRecord& record : interrupted.steps)
            if (record.step.name() == name) return record;
        FAIL("no step " << name);
        return interrupted.steps.front();
    }

    Plan plan() { return undo_plan(*service, interrupted, observation, request); }

    std::unique_ptr<Service> service;
    Observation observation;
    ActionHistory interrupted;
    Request request = {.action = "undo start"};
};

std::string refusal_of(const Plan& plan) {
    return plan.refused() == nullptr ? "" : plan.refused()->refusal->message();
}

std::string hint_of(const Plan& plan) {
    return plan.refused() == nullptr ? "" : plan.refused()->refusal->hint();
}

ActionHistory history(const std::string& sid, const std::string& undoes = {}) {
    ActionHistory history;
    history.action.sid = sid;
    history.action.aim.undoes = undoes;
    return history;
}

}  // namespace

// If this fails, a rollback or `recover --undo` leaves something behind, or takes down what the action never touched.
TEST_CASE("what was begun, may have changed something and has a way back is undone, newest first") {
    Fixture fixture;
    const std::vector<Step> undoing = steps_to_undo(fixture.interrupted.steps);
    REQUIRE(undoing.size() == 3);
    CHECK(undoing[0].name() == "app stop");
    CHECK(undoing[0].id == 5);  // the step that it undoes
    CHECK(undoing[0].deadline == 20s);
    CHECK(undoing[0].after.empty());
    CHECK(undoing[0].on_failure == Step::OnFailure::go_on);
    CHECK(undoing[1].name() == "container#1 undo start");
    CHECK(undoing[1].after == std::vector{5});
    CHECK(undoing[2].name() == "fs#1 stop");
}

TEST_CASE("the state of a step decides whether it is undone") {
    Fixture fixture;
    const auto undone = [&](StepState state, Effect effect = Effect::possible) {
        fixture.record("app start").state = state;
        fixture.record("app start").effect = effect;
        return steps_to_undo(fixture.interrupted.steps).size() == 3;
    };
    CHECK(undone(StepState::begun));
    CHECK(undone(StepState::done));
    CHECK(undone(StepState::undo_failed));
    CHECK(undone(StepState::failed));
    CHECK_FALSE(undone(StepState::failed, Effect::none));
    CHECK_FALSE(undone(StepState::planned));
    CHECK_FALSE(undone(StepState::skipped));
    CHECK_FALSE(undone(StepState::undone));
}

// If this fails, a failed action says that all is undone, and a resource is half way.
TEST_CASE("a step that failed half way without a way back leaves something") {
    Fixture fixture;
    CHECK_FALSE(left_in_the_middle(fixture.interrupted.steps));
    fixture.record("container#1 wait up").state = StepState::failed;  // the start before it is undone
    CHECK_FALSE(left_in_the_middle(fixture.interrupted.steps));
    fixture.record("container#1 start").state = StepState::planned;
    CHECK(left_in_the_middle(fixture.interrupted.steps));
    fixture.record("container#1 wait up").effect = Effect::none;
    CHECK_FALSE(left_in_the_middle(fixture.interrupted.steps));
}

TEST_CASE("an undoing is a plan: numbered from 1, guards first, one step behind the other") {
    Fixture fixture;
    const Plan plan = fixture.plan();
    CHECK(plan.service == "vm188");
    CHECK(plan.action == "undo start");
    CHECK(plan.refused() == nullptr);
    CHECK(changes(plan) == Names{"app stop", "container#1 undo start", "fs#1 stop"});
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        CHECK(plan.steps[i].id == static_cast<int>(i) + 1);
        CHECK(plan.steps[i].after == (i == 0 ? std::vector<int>{} : std::vector{static_cast<int>(i)}));
        CHECK((plan.steps[i].undoes != 0) != plan.steps[i].guard());
    }
    CHECK(plan.steps.back().undoes == fixture.record("fs#1 start").step.id);
}

TEST_CASE("what was undone before the kill is left alone") {
    Fixture fixture;
    fixture.record("app start").state = StepState::undone;
    const Plan plan = fixture.plan();
    CHECK(changes(plan) == Names{"container#1 undo start", "fs#1 stop"});
    REQUIRE(plan.left_alone.size() == 1);
    CHECK(plan.left_alone[0].rid == Rid("app"));
}

// If this fails, `recover --undo` ends with an error on a guest that has died meanwhile.
TEST_CASE("nothing is undone inside a container that is down by now") {
    Fixture fixture;
    fixture.observation.resources[Rid("container#1")].status = Status::down;
    const Plan plan = fixture.plan();
    CHECK(changes(plan) == Names{"container#1 undo start", "fs#1 stop"});
    REQUIRE(plan.left_alone.size() == 1);
    CHECK(plan.left_alone[0].reason == "container#1 is down");
    fixture.observation.resources[Rid("container#1")].status = Status::undef;
    CHECK(changes(fixture.plan()).size() == 3);
}

TEST_CASE("a frozen service is not recovered, unless that is forced") {
    Fixture fixture;
    fixture.observation.frozen = true;
    CHECK(refusal_of(fixture.plan()) == "the service is frozen here");
    fixture.observation.frozen = false;
    fixture.observation.node_frozen = true;
    CHECK(refusal_of(fixture.plan()) == "this node is frozen");
    fixture.request.force = true;
    CHECK(fixture.plan().refused() == nullptr);
}

// If this fails, `recover --undo` of a stop says that all is as before, and it is not.
TEST_CASE("a stop that has changed something can't be undone") {
    Fixture fixture;
    fixture.interrupted.action.aim.goal = Goal::down;
    fixture.interrupted.steps.clear();
    fixture.add("app", "stop", "", StepState::done);
    fixture.add("container#1", "stop", "", StepState::begun);
    fixture.add("fs#1", "stop", "", StepState::planned);
    CHECK(refusal_of(fixture.plan()) == "nothing undoes app stop, container#1 stop");
    CHECK(hint_of(fixture.plan()).find("recover --redo completes the start; svcmgr -s vm188 start") != std::string::npos);
    fixture.interrupted.action.aim.goal = Goal::run;  // a task that has run can't be taken back either
    CHECK(refusal_of(fixture.plan()) == "nothing undoes app stop, container#1 stop");
    CHECK(hint_of(fixture.plan()).find("start brings") == std::string::npos);
    fixture.record("app stop").state = StepState::planned;
    fixture.record("container#1 stop").state = StepState::planned;
    CHECK(fixture.plan().refused() == nullptr);
    CHECK(changes(fixture.plan()).empty());
}

TEST_CASE("a resource that the service has lost refuses the undoing") {
    Fixture fixture;
    fixture.add("disk#7", "start", "stop", StepState::done);
    CHECK(refusal_of(fixture.plan()) == "the env file has no disk#7 any more");
}

TEST_CASE("a recovery is about the newest action that is not an undoing itself") {
    CHECK(interrupted_action({}) == nullptr);
    const std::vector open{history("3", "2"), history("2"), history("1")};
    REQUIRE(interrupted_action(open) != nullptr);
    CHECK(interrupted_action(open)->action.sid == "2");
}

TEST_CASE("a redo asks for what the interrupted action was asked for") {
    Fixture fixture;
    fixture.interrupted.action.action = "stopapp";
    fixture.interrupted.action.aim = {Goal::down, std::set{Group::app}, std::set{Rid("app")}, ""};
    const std::optional<Request> request = redo_request(fixture.interrupted);
    REQUIRE(request.has_value());
    CHECK(request->action == "stopapp");
    CHECK(request->goal == Goal::down);
    CHECK(request->groups == std::set{Group::app});
    CHECK(request->rids == std::set{Rid("app")});
    CHECK_FALSE(request->force);
    fixture.interrupted.action.aim.goal.reset();
    CHECK_FALSE(redo_request(fixture.interrupted).has_value());
    const Plan plan = unknown_redo_plan(fixture.interrupted);
    CHECK(plan.service == "vm188");
    CHECK(plan.action == "stopapp");
    CHECK(refusal_of(plan) == "the record of stopapp does not say what was asked for");
}

TEST_CASE("an undoing looks only at what it will touch") {
    Fixture fixture;
    fixture.record("fs#1 start").state = StepState::planned;
    const Request request = undo_request(fixture.interrupted);
    CHECK(request.action == "undo start");
    CHECK(request.rids == std::set{Rid("app"), Rid("container#1")});
}
