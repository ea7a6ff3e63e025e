#include "svcmgr/action/engine_guard.h"

#include <doctest/doctest.h>

#include "svcmgr/cluster/engine_sight.h"
#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"

using namespace svcmgr;
using svcmgr::test::with;
using Value = EngineSight::Value;

namespace {

Service service_with(const std::string& orchestrate) {
    const Options defaults = with(Options("DEFAULT", {"vm188.env", 1, 1}, default_keywords()), "nodes", "node1 node2");
    return {"vm188", "vm188.env", with(with(defaults, "drpnodes", "drp1"), "orchestrate", orchestrate), {}};
}

std::vector<Step> guards(const Request& request, Value value, const std::string& orchestrate = "ha", const std::string& node = "node1") {
    Observation observation;
    observation.engine = EngineSight{value, "vm188", "its resource vm188", "see why"};
    return engine_guards(service_with(orchestrate), request, observation, node);
}

bool refuses(const Request& request, Value value) {
    const auto steps = guards(request, value);
    REQUIRE(steps.size() == 1);
    return steps.front().refusal.has_value();
}

const Request start{.action = "start", .goal = Goal::up};
const Request stop{.action = "stop", .goal = Goal::down};

EngineAnswer answer_with(const CibResource& resource, std::vector<std::string> maintained = {}) {
    EngineAnswer answer{EngineAnswer::State::answers, {}, {}};
    answer.cib.resources = {resource};
    answer.cib.maintained_nodes = std::move(maintained);
    return answer;
}

}  // namespace

TEST_CASE("what an engine manages is neither started nor stopped by hand; where that is not known it is not started") {
    CHECK(refuses(start, Value::manages));
    CHECK(refuses(stop, Value::manages));
    CHECK(refuses(start, Value::unknown));
    CHECK_FALSE(refuses(stop, Value::unknown));
    for (const Value value : {Value::absent, Value::leaves_alone}) {
        CHECK_FALSE(refuses(start, value));
        CHECK_FALSE(refuses(stop, value));
    }
    CHECK(engine_guards(service_with("ha"), start, {}, "node1").front().refusal);  // nobody asked
}

TEST_CASE("the engine itself, whoever goes on with what was allowed, and who keeps what runs, are let through") {
    Request request = start;
    request.by = Request::By::engine;
    CHECK_FALSE(refuses(request, Value::manages));
    for (const Request::By by : {Request::By::mover, Request::By::healer}) {
        request.by = by;
        CHECK(guards(request, Value::manages).empty());
    }
}

TEST_CASE("--force passes, with the risk and the reason for the journal") {
    Request request = start;
    request.force = true;
    request.reason = "the engine is wrong";
    const Step step = guards(request, Value::manages).front();
    CHECK_FALSE(step.refusal);
    CHECK(step.risk.find("fence this node") != std::string::npos);
    CHECK(step.risk.find("the engine is wrong") != std::string::npos);
}

TEST_CASE("services without orchestrate = ha, drpnodes, replications, tasks and standby resources are no engine's") {
    CHECK(guards(start, Value::manages, "start").empty());
    CHECK(guards({.action = "sync all", .goal = Goal::sync}, Value::manages).empty());
    CHECK(guards({.action = "run", .goal = Goal::run}, Value::manages).empty());
    CHECK(guards(start, Value::manages, "ha", "drp1").empty());
    Request standby = start;
    standby.standby = Request::Standby::only;
    CHECK(guards(standby, Value::manages).empty());
}

TEST_CASE("a service's resource is found by the parameter of its agent, whatever its id is") {
    const CibResource resource{"p_vm", std::string(service_agent), {{"service", "vm188"}}};
    const EngineSight sight = engine_sight(answer_with(resource), "vm188", "node1");
    CHECK(sight.value == Value::manages);
    CHECK(sight.resource == "p_vm");
    CHECK(engine_finding(sight).empty());
    CHECK(engine_sight(answer_with(resource), "vm189", "node1").value == Value::leaves_alone);
    CibResource other = resource;
    other.agent = "ocf:heartbeat:VirtualDomain";
    CHECK(engine_sight(answer_with(other), "vm188", "node1").value == Value::leaves_alone);
    CibResource unmanaged = resource;
    unmanaged.unmanaged = "is-managed = false";
    CHECK(engine_sight(answer_with(unmanaged), "vm188", "node1").value == Value::leaves_alone);
    CHECK(engine_sight(answer_with(resource, {"node1"}), "vm188", "node1").value == Value::leaves_alone);
    CHECK(engine_sight(answer_with(resource, {"node1"}), "vm188", "node2").value == Value::manages);
}

TEST_CASE("findings say what is wrong and what to do") {
    for (const auto state : {EngineAnswer::State::not_installed, EngineAnswer::State::not_running, EngineAnswer::State::unknown}) {
        const EngineSight sight = engine_sight({state, {}, "why"}, "vm188", "node1");
        CHECK(engine_finding(sight).find("why; ") != std::string::npos);
        CHECK_FALSE(sight.remedy.empty());
    }
}

TEST_CASE("a service that no engine cares for is a warning") {
    std::vector<std::unique_ptr<Resource>> resources;
    resources.push_back(std::make_unique<test::FakeResource>("container#1", Group::container));
    const Service service("vm188", "vm188.env", Options("DEFAULT", {"vm188.env", 1, 1}, default_keywords()), std::move(resources));
    Observation observation;
    observation.resources[Rid("container#1")].status = Status::up;
    observation.engine = EngineSight{Value::manages, "vm188", "", ""};
    CHECK(service.summarize(observation).overall == Status::up);
    observation.engine->value = Value::absent;
    CHECK(service.summarize(observation).overall == Status::warn);
    CHECK(service.summarize(observation).avail == Status::up);
}
