#include "svcmgr/action/planner.h"

#include <doctest/doctest.h>

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

Options defaults_of(const std::string& env = "TST") {
    Options defaults("DEFAULT", {"vm188.env", 1, 1}, default_keywords());
    return with(with(defaults, "nodes", "node109 node110"), "env", env);
}

/// ip, container with a guest's ip and app, and a host disk: made in an order that is not the order of start.
struct Fixture {
    explicit Fixture(Status status, const Options& defaults = defaults_of()) {
        std::vector<std::unique_ptr<Resource>> resources;
        auto container = std::make_unique<FakeResource>("container#1", Group::container);
        container_ = container.get();
        resources.push_back(std::make_unique<FakeResource>("app", Group::app, container_));
        resources.push_back(std::move(container));
        resources.push_back(std::make_unique<FakeResource>("fs#10", Group::fs));
        resources.push_back(std::make_unique<FakeResource>("fs#2", Group::fs));
        service = std::make_unique<Service>("vm188", "vm188.env", defaults, std::move(resources));
        for (const auto& resource : service->resources()) observation.resources[resource->rid()].status = status;
    }

    Plan plan(Goal goal, Request request = {}) {
        request.action = goal == Goal::up ? "start" : "stop";
        request.goal = goal;
        return make_plan(*service, request, observation, node);
    }
    ResourceObservation& seen(const std::string& rid) { return observation.resources[Rid(rid)]; }

    std::unique_ptr<Service> service;
    Observation observation;
    NodeFacts node{"node109", "TST"};
    const Resource* container_;
};

}  // namespace

TEST_CASE("start goes from what carries to what is carried, stop the other way") {
    CHECK(changes(Fixture(Status::down).plan(Goal::up)) == Names{"fs#2 start", "fs#2 wait up", "fs#10 start", "fs#10 wait up",
                                                                 "container#1 start", "container#1 wait up", "app start", "app wait up"});
    CHECK(changes(Fixture(Status::up).plan(Goal::down)) == Names{"app stop", "container#1 stop", "fs#10 stop", "fs#2 stop"});
}

TEST_CASE("resources of one group go one after the other, naturally by rid, and the next group after them") {
    const Plan plan = Fixture(Status::down).plan(Goal::up);
    CHECK(step_named(plan, "fs#10 start").after == std::vector{step_named(plan, "fs#2 wait up").id});
    CHECK(step_named(plan, "container#1 start").after == std::vector{step_named(plan, "fs#10 wait up").id});
    CHECK(step_named(plan, "container#1 wait up").after == std::vector{step_named(plan, "container#1 start").id});
}

// If this fails, `status --heal` reserves disks for a guest that was stopped since it looked.
TEST_CASE("who heals neither starts nor stops anything") {
    Fixture fixture(Status::down);
    fixture.seen("fs#2").unready = "nobody holds its disks any more";
    Request request;
    request.by = Request::By::healer;
    CHECK(changes(fixture.plan(Goal::up, request)) == Names{"fs#2 start", "fs#2 wait up"});
    fixture.seen("fs#2").unready.clear();
    CHECK(changes(fixture.plan(Goal::up, request)).empty());
}

TEST_CASE("what is there already is left alone, with the reason") {
    Fixture fixture(Status::down);
    fixture.seen("fs#2").status = Status::up;
    const Plan plan = fixture.plan(Goal::up);
    REQUIRE(plan.left_alone.size() == 1);
    CHECK(plan.left_alone[0].rid == Rid("fs#2"));
    CHECK(plan.left_alone[0].reason == "it is there");
    CHECK(changes(plan).front() == "fs#10 start");
}

TEST_CASE("a service that is up needs nothing") {
    const Plan plan = Fixture(Status::up).plan(Goal::up);
    CHECK_FALSE(plan.changes_something());
    CHECK(plan.refused() == nullptr);
    CHECK(plan.left_alone.size() == 4);
}

TEST_CASE("guards") {
    SUBCASE("a node that is not a member refuses, also with --force") {
        Fixture fixture(Status::down);
        fixture.node.nodename = "node999";
        Request request;
        request.force = true;
        const Plan plan = fixture.plan(Goal::up, request);
        REQUIRE(plan.refused() != nullptr);
        CHECK(plan.refused()->verb == "check membership");
    }
    SUBCASE("a drpnode is a member") {
        Fixture fixture(Status::down, with(defaults_of(), "drpnode", "node112"));
        fixture.node.nodename = "node112";
        CHECK(fixture.plan(Goal::up).refused() == nullptr);
    }
    SUBCASE("only a service that is not PRD on a PRD node is refused") {
        for (const auto& [env, mode, allowed] :
             {std::tuple{"TST", "PRD", false}, {"PRD", "PRD", true}, {"PRD", "TST", true}, {"DEV", "TST", true}}) {
            Fixture fixture(Status::down, defaults_of(env));
            fixture.node.host_mode = mode;
            const auto& the_mode = mode;
            const auto& the_env = env;
            CHECK_MESSAGE((fixture.plan(Goal::up).refused() == nullptr) == allowed, the_env << " on " << the_mode);
        }
    }
    SUBCASE("a frozen service refuses unless forced") {
        Fixture fixture(Status::up);
        fixture.observation.frozen = true;
        REQUIRE(fixture.plan(Goal::down).refused() != nullptr);
        CHECK(fixture.plan(Goal::down).refused()->verb == "check frozen");
        Request request;
        request.force = true;
        CHECK(fixture.plan(Goal::down, request).refused() == nullptr);
    }
    SUBCASE("a frozen node refuses too") {
        Fixture fixture(Status::up);
        fixture.observation.node_frozen = true;
        CHECK(fixture.plan(Goal::down).refused() != nullptr);
    }
    SUBCASE("what somebody else seems to have is taken only with --force") {
        Fixture fixture(Status::down);
        fixture.seen("container#1").conflict = Error(Error::Code::refused, "10.0.0.5 answers");
        REQUIRE(fixture.plan(Goal::up).refused() != nullptr);
        CHECK(fixture.plan(Goal::up).refused()->rid == Rid("container#1"));
        Request request;
        request.force = true;
        CHECK(fixture.plan(Goal::up, request).refused() == nullptr);
    }
    SUBCASE("what can't be known is not taken with --force either") {
        Fixture fixture(Status::down);
        fixture.seen("container#1").status = Status::undef;
        fixture.seen("container#1").unstartable = Error(Error::Code::refused, "libvirtd does not answer");
        Request request;
        request.force = true;
        CHECK(fixture.plan(Goal::up, request).refused() != nullptr);
    }
    SUBCASE("every change comes after every guard") {
        const Plan plan = Fixture(Status::down).plan(Goal::up);
        bool changing = false;
        for (const Step& step : plan.steps) {
            changing = changing || !step.guard();
            CHECK(step.guard() == !changing);
            if (step.id > 1) CHECK_FALSE(step.after.empty());
        }
    }
}

TEST_CASE("only what was selected") {
    Fixture fixture(Status::down);
    Request request;
    SUBCASE("by group") {
        request.groups = std::set{Group::container};
        CHECK(changes(fixture.plan(Goal::up, request)) == Names{"container#1 start", "container#1 wait up"});
    }
    SUBCASE("by rid") {
        request.rids = std::set{Rid("fs#10")};
        CHECK(changes(fixture.plan(Goal::up, request)) == Names{"fs#10 start", "fs#10 wait up"});
    }
    SUBCASE("an app whose guest is down and is not started with it is refused") {
        request.groups = std::set{Group::app};
        REQUIRE(fixture.plan(Goal::up, request).refused() != nullptr);
        CHECK(fixture.plan(Goal::up, request).refused()->rid == Rid("app"));
    }
    SUBCASE("stopping an app whose guest is down needs nothing") {
        fixture.seen("app").status = Status::not_applicable;
        request.groups = std::set{Group::app};
        const Plan plan = fixture.plan(Goal::down, request);
        CHECK(plan.refused() == nullptr);
        CHECK_FALSE(plan.changes_something());
    }
}

TEST_CASE("disabled resources and those tagged noaction are left alone") {
    for (const auto& [keyword, value] : {std::pair{"disable", "true"}, {"tags", "noaction"}}) {
        std::vector<std::unique_ptr<Resource>> resources;
        resources.push_back(
            std::make_unique<FakeResource>("fs#1", Group::fs, nullptr, with(Options("fs#1", {}, generic_keywords()), keyword, value)));
        const Service service("vm188", "vm188.env", defaults_of(), std::move(resources));
        Observation observation;
        observation.resources[Rid("fs#1")].status = Status::down;
        Request request;
        request.action = "start";
        const Plan plan = make_plan(service, request, observation, {"node109", "TST"});
        CHECK_FALSE(plan.changes_something());
        CHECK(plan.left_alone.size() == 1);
    }
}

TEST_CASE("what a failure means depends on the resource and the goal") {
    CHECK(step_named(Fixture(Status::up).plan(Goal::down), "app stop").on_failure == Step::OnFailure::go_on);
    CHECK(step_named(Fixture(Status::up).plan(Goal::down), "container#1 stop").on_failure == Step::OnFailure::give_up);
    CHECK(step_named(Fixture(Status::down).plan(Goal::up), "app start").on_failure == Step::OnFailure::give_up);
}

TEST_CASE("the usual duration comes from the history") {
    Fixture fixture(Status::down);
    Request request;
    request.action = "start";
    const Plan plan = make_plan(*fixture.service, request, fixture.observation, fixture.node,
                                [](const Rid& rid, const std::string& verb) -> std::optional<Duration> {
                                    if (rid == Rid("container#1") && verb == "start") return std::chrono::seconds(3);
                                    return {};
                                });
    CHECK(step_named(plan, "container#1 start").expected == std::chrono::seconds(3));
    CHECK_FALSE(step_named(plan, "app start").expected.has_value());
}
