// Places within a group, tasks, and triggers as steps.

#include <doctest/doctest.h>

#include "resources/keywords.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"
#include "tests/unit/engine/plan_steps.h"

using namespace svcmgr;
using svcmgr::test::changes;
using svcmgr::test::FakeResource;
using svcmgr::test::Names;
using svcmgr::test::step_named;
using svcmgr::test::with;

namespace {

Options options_with(const std::string& keyword, const std::string& value) {
    return with(Options("app#1", {}, {generic_keywords(), trigger_keywords()}), keyword, value);
}

struct Fixture {
    FakeResource& add(const std::string& rid, Group group, int up, int down,
                      const Options& options = Options("fake", {}, generic_keywords())) {
        auto resource = std::make_unique<FakeResource>(rid, group, nullptr, options);
        resource->place_up = up;
        resource->place_down = down;
        FakeResource& added = *resource;
        resources.push_back(std::move(resource));
        return added;
    }
    Plan plan(Goal goal) {
        const Options defaults = with(with(Options("DEFAULT", {}, default_keywords()), "nodes", "node109"), "env", "TST");
        service = std::make_unique<Service>("svc1", "svc1.env", defaults, std::move(resources));
        Observation observation;
        for (const auto& resource : service->resources())
            observation.resources[resource->rid()].status = goal == Goal::down ? Status::up : Status::down;
        Request request;
        request.action = goal == Goal::up ? "start" : "stop";
        request.goal = goal;
        return make_plan(*service, request, observation, {"node109", "TST"});
    }

    std::vector<std::unique_ptr<Resource>> resources;
    std::unique_ptr<Service> service;
};

}  // namespace

TEST_CASE("within a group smaller places come first, in the order of the action's own places; equal ones go by their rids") {
    Fixture start;
    start.add("fs#1", Group::fs, 3, 0);
    start.add("fs#2", Group::fs, 1, 0);
    start.add("fs#3", Group::fs, 3, 0);
    const Plan up = start.plan(Goal::up);
    CHECK(step_named(up, "fs#1 start").after == std::vector{step_named(up, "fs#2 wait up").id});
    CHECK(step_named(up, "fs#3 start").after == std::vector{step_named(up, "fs#1 wait up").id});

    Fixture stop;
    stop.add("fs#1", Group::fs, 0, 20);
    stop.add("fs#2", Group::fs, 0, 10);
    const Plan down = stop.plan(Goal::down);
    CHECK(step_named(down, "fs#1 stop").after == std::vector{step_named(down, "fs#2 stop").id});
}

TEST_CASE("start and stop leave tasks alone, run touches nothing else, and one that fails does not keep the next from running") {
    Fixture start;
    start.add("fs#1", Group::fs, 0, 0);
    start.add("task#1", Group::task, 0, 0);
    CHECK(changes(start.plan(Goal::up)) == Names{"fs#1 start", "fs#1 wait up"});

    Fixture run;
    run.add("fs#1", Group::fs, 0, 0);
    run.add("task#1", Group::task, 0, 0);
    const Plan plan = run.plan(Goal::run);
    REQUIRE(changes(plan).size() == 1);
    CHECK(plan.steps.back().rid == Rid("task#1"));
    CHECK(plan.steps.back().on_failure == Step::OnFailure::go_on);
}

TEST_CASE("triggers are steps of the plan, one after the other, and a blocking one ends a stop that a launcher would not end") {
    Fixture fixture;
    fixture.add("app#1", Group::app, 0, 0, options_with("blocking_pre_stop", "/bin/check"));
    const Plan plan = fixture.plan(Goal::down);
    CHECK(changes(plan) == Names{"app#1 blocking_pre_stop", "app#1 stop"});
    CHECK(step_named(plan, "app#1 stop").after == std::vector{step_named(plan, "app#1 blocking_pre_stop").id});
    CHECK(step_named(plan, "app#1 blocking_pre_stop").on_failure == Step::OnFailure::give_up);
    CHECK(step_named(plan, "app#1 stop").on_failure == Step::OnFailure::go_on);
    CHECK(step_named(plan, "app#1 blocking_pre_stop").reason == "run /bin/check");
}
