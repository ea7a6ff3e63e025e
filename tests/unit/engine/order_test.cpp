#include "svcmgr/action/order.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "svcmgr/action/planner.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"

using namespace svcmgr;
using svcmgr::test::FakeResource;
using svcmgr::test::with;

namespace {

Options with_words(const std::vector<std::pair<std::string, std::string>>& words) {
    Options options("fake", {}, KeywordSet{generic_keywords(), trigger_keywords()});
    for (const auto& [keyword, value] : words) options = with(std::move(options), keyword, value);
    return options;
}

using Words = std::vector<std::pair<std::string, std::string>>;

/// A service that a test puts together; everything is down.
struct Parts {
    FakeResource& add(const std::string& rid, Group group, const Words& words = {}, const Resource* carrier = nullptr) {
        auto made = std::make_unique<FakeResource>(rid, group, carrier, with_words(words));
        FakeResource& added = *made;
        resources.push_back(std::move(made));
        observation.resources[Rid(rid)].status = Status::down;
        return added;
    }

    const Service& service() {
        Options defaults = with(Options("DEFAULT", {"x.env", 1, 1}, default_keywords()), "nodes", "node109");
        if (!service_) service_ = std::make_unique<Service>("x", "x.env", with(defaults, "env", "TST"), std::move(resources), parallel);
        return *service_;
    }

    /// "ip#1 fs#1(ip#1) …": each with those that it waits for.
    std::string order(Goal goal) {
        std::string text;
        const Order order(service(), goal);
        for (const Resource* resource : order.sequence()) {
            std::vector<std::string> names;
            for (const Precedence& one : order.before(*resource)) names.push_back(one.before->rid().text());
            std::ranges::sort(names);
            text += fmt::format("{}{}{}", text.empty() ? "" : " ", resource->rid().text(),
                                names.empty() ? "" : fmt::format("({})", fmt::join(names, ",")));
        }
        return text;
    }

    Plan plan(Goal goal) {
        Request request;
        request.action = goal == Goal::up ? "start" : "stop";
        request.goal = goal;
        return make_plan(service(), request, observation, {"node109", "TST"});
    }

    std::vector<std::unique_ptr<Resource>> resources;
    std::set<Subset> parallel;
    Observation observation;
    std::unique_ptr<Service> service_;
};

std::string steps_of(const Plan& plan) {
    std::string text;
    for (const Step& step : plan.steps)
        if (!step.guard() && !step.name().ends_with("wait up")) text += (text.empty() ? "" : " ") + step.rid.text();
    return text;
}

std::string findings_of(const std::string& text) {
    std::string all;
    for (const Finding& finding : make_service(Document::parse(text, "x.env"), Paths(), Node(), "x").findings)
        all += to_text(finding) + "\n";
    return all;
}

}  // namespace

// If this fails, a container starts before the file system that it lives on is mounted.
TEST_CASE("groups go one after the other, in each the rids naturally; stop is the reverse") {
    Parts parts;
    for (const char* rid : {"container#1", "ip#10", "ip#2"}) parts.add(rid, *rid == 'c' ? Group::container : Group::ip);
    parts.add("disk#1", Group::disk);
    CHECK(parts.order(Goal::up) == "ip#2 ip#10(ip#2) disk#1(ip#10) container#1(disk#1)");
    CHECK(parts.order(Goal::down) == "container#1 disk#1(container#1) ip#10(disk#1) ip#2(ip#10)");
}

TEST_CASE("subsets come behind those without one, and a parallel one goes at the same time") {
    Parts parts;
    parts.add("fs#1", Group::fs, {{"subset", "b"}});
    parts.add("fs#2", Group::fs, {{"subset", "b"}});
    parts.add("fs#3", Group::fs, {{"subset", "a"}});
    parts.add("fs#4", Group::fs);
    parts.add("container#1", Group::container);
    parts.parallel = {{Group::fs, "b"}};
    CHECK(parts.order(Goal::up) == "fs#4 fs#3(fs#4) fs#1(fs#3) fs#2(fs#3) container#1(fs#1,fs#2)");
    CHECK(parts.order(Goal::down) == "container#1 fs#2(container#1) fs#1(container#1) fs#3(fs#1,fs#2) fs#4(fs#3)");
}

TEST_CASE("what a guest carries waits for its own container, and for nothing else") {
    Parts parts;
    const FakeResource& first = parts.add("container#1", Group::container);
    parts.add("container#2", Group::container);
    parts.add("app#1", Group::app, {}, &first);
    parts.add("ip#1", Group::ip, {}, &first);
    parts.add("app#2", Group::app);
    CHECK(parts.order(Goal::up) == "container#1 container#2(container#1) app#2(container#2) ip#1(container#1) app#1(container#1,ip#1)");
    CHECK(parts.order(Goal::down) == "app#2 container#2(app#2) app#1 ip#1(app#1) container#1(app#1,container#2,ip#1)");
}

TEST_CASE("who requires another one up starts after it and stops before it") {
    Parts parts;
    parts.add("fs#1", Group::fs, {{"start_requires", "fs#2"}, {"stop_requires", "fs#2"}});
    parts.add("fs#2", Group::fs);
    parts.add("fs#3", Group::fs, {{"stop_requires", "fs#1(down)"}});
    CHECK(parts.order(Goal::up) == "fs#2 fs#1(fs#2) fs#3(fs#1)");
    CHECK(parts.order(Goal::down) == "fs#1 fs#3(fs#1) fs#2(fs#1,fs#3)");
}

TEST_CASE("a requirement in a parallel subset is an edge of its own") {
    Parts parts;
    parts.add("container#1", Group::container, {{"start_requires", "container#3"}});
    parts.add("container#2", Group::container);
    parts.add("container#3", Group::container);
    parts.parallel = {{Group::container, ""}};
    CHECK(parts.order(Goal::up) == "container#2 container#3 container#1(container#2,container#3)");
}

// If this fails, an action begins in the middle of a circle, or never ends.
TEST_CASE("resources that wait for each other are a circle, which is shown") {
    Parts parts;
    parts.add("ip#1", Group::ip, {{"start_requires", "container#1"}});
    parts.add("fs#1", Group::fs);
    parts.add("container#1", Group::container);
    const Order order(parts.service(), Goal::up);
    CHECK(order.sequence().size() == 3);
    CHECK(order.describe_circle() ==
          "ip#1 waits for container#1 (requires), container#1 waits for fs#1 (order of groups), fs#1 waits for ip#1 (order of groups)");
    const Plan plan = parts.plan(Goal::up);
    REQUIRE(plan.refused() != nullptr);
    CHECK(plan.refused()->verb == "check order");
    CHECK(parts.plan(Goal::down).refused() == nullptr);
}

TEST_CASE("a plan: what is required is made true first, or refuses") {
    Parts parts;
    parts.add("fs#1", Group::fs, {{"start_requires", "fs#2"}});
    parts.add("fs#2", Group::fs);
    CHECK(steps_of(parts.plan(Goal::up)) == "fs#2 fs#1");
    CHECK(parts.plan(Goal::up).refused() == nullptr);

    Parts unmet;
    unmet.add("fs#1", Group::fs, {{"start_requires", "fs#2(down)"}});
    unmet.add("fs#2", Group::fs);
    unmet.observation.resources[Rid("fs#2")].status = Status::up;
    const Plan plan = unmet.plan(Goal::up);
    REQUIRE(plan.refused() != nullptr);
    CHECK(plan.refused()->refusal->message() == "it requires fs#2 to be down, and that is up");

    Parts standby;
    standby.add("fs#1", Group::fs, {{"start_requires", "fs#2"}});
    standby.add("fs#2", Group::fs);
    standby.observation.resources[Rid("fs#2")].status = Status::standby_up;
    CHECK(standby.plan(Goal::up).refused() == nullptr);
}

TEST_CASE("impossible: the action leaves it alone") {
    Parts parts;
    parts.add("fs#1", Group::fs, {{"start_requires", "impossible"}});
    const Plan plan = parts.plan(Goal::up);
    CHECK(steps_of(plan) == "");
    REQUIRE(plan.left_alone.size() == 1);
    CHECK(plan.left_alone.front().reason == "start_requires = impossible");
}

TEST_CASE("one that has nothing to do lets the next wait for what it waited for") {
    Parts parts;
    parts.add("ip#1", Group::ip);
    parts.add("fs#1", Group::fs);
    parts.add("container#1", Group::container);
    parts.observation.resources[Rid("fs#1")].status = Status::up;
    const Plan plan = parts.plan(Goal::up);
    const auto step = [&](const std::string& name) -> const Step& {
        return *std::ranges::find_if(plan.steps, [&](const Step& one) { return one.name() == name; });
    };
    CHECK(step("container#1 start").after == std::vector{step("ip#1 wait up").id});
}

TEST_CASE("a stop leaves standby resources up, unless they are meant") {
    Parts parts;
    parts.add("fs#1", Group::fs, {{"standby", "true"}});
    parts.add("fs#2", Group::fs);
    for (const char* rid : {"fs#1", "fs#2"}) parts.observation.resources[Rid(rid)].status = Status::up;
    parts.observation.resources[Rid("fs#1")].status = Status::standby_up;
    const auto stop = [&](Request::Standby standby) {
        Request request;
        request.action = "stop";
        request.goal = Goal::down;
        request.standby = standby;
        return steps_of(make_plan(parts.service(), request, parts.observation, {"node109", "TST"}));
    };
    CHECK(stop(Request::Standby::kept) == "fs#2");
    CHECK(stop(Request::Standby::included) == "fs#2 fs#1");
    CHECK(stop(Request::Standby::only) == "fs#1");
}

TEST_CASE("what is wrong with requirements and subsets is found in the file, with its place") {
    const std::string begin = "[DEFAULT]\nnodes = n\n[ip#1]\nipname = a\nipdev = b\nstart_requires = ";
    const std::string end = "\n[fs#1]\ntype = tmpfs\ndev = tmpfs\nmnt = /x\n";
    CHECK(findings_of(begin + "fs#1(upp)" + end).find("x.env:6:18: error: 'upp' is no status") != std::string::npos);
    CHECK(findings_of(begin + "fs#1(up" + end).find("x.env:6:18: error: a '(' is not closed") != std::string::npos);
    CHECK(findings_of(begin + "fs#2" + end).find("x.env:6:18: error: the service has no resource fs#2; did you mean 'fs#1'?") !=
          std::string::npos);
    CHECK(findings_of(begin + "fs#1" + end).find("x.env:6:18: error: this closes a circle: ip#1 waits for fs#1 (requires)") !=
          std::string::npos);
    CHECK(findings_of(begin + "impossible" + end) == "");
    CHECK(findings_of("[DEFAULT]\nnodes = n\n[subset#ps:data]\nparallel = true\n")
              .find("x.env:3:1: error: [subset#ps:data] names no group") != std::string::npos);
}
