#include "svcmgr/cluster/engine_config.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"
#include "tests/unit/machine.h"

using namespace svcmgr;
using namespace std::chrono_literals;
using svcmgr::test::FakeResource;

namespace {

EngineService service_named(const std::string& name, std::map<std::string, std::vector<std::string>> others = {}) {
    return {name, {"node1", "node2"}, {100s, 200s, 27s, 300s}, std::move(others)};
}

Cib cib_of(const EngineConfig& config) {
    return {config.resources, config.constraints, {}};
}

std::vector<std::string> ids_of(const EngineConfig& config) {
    std::vector<std::string> ids;
    for (const auto& one : config.resources) ids.push_back(one.id);
    for (const auto& one : config.constraints.locations) ids.push_back(one.id);
    for (const auto& one : config.constraints.orders) ids.push_back(one.id);
    for (const auto& one : config.constraints.colocations) ids.push_back(one.id);
    return ids;
}

std::vector<std::string> told(const std::vector<EngineDifference>& differences) {
    std::vector<std::string> lines;
    for (const auto& one : differences)
        lines.push_back(fmt::format("{} {} {}: {} / {}", one.service, one.kind, one.what, one.wanted, one.found));
    return lines;
}

const std::vector<EngineService> both{service_named("web", {{"parents", {"db"}}, {"soft_anti_affinity", {"db"}}}), service_named("db")};
const std::set<std::string> both_names{"db", "web"};

}  // namespace

TEST_CASE("the first of nodes has the highest score, and all nodes but these are out of the question") {
    const auto locations = engine_config({service_named("db")}, {"db"}).constraints.locations;
    REQUIRE(locations.size() == 3);
    CHECK(locations[0].node == "node1");
    CHECK(locations[0].score > locations[1].score);
    CHECK(locations[1].score > 0);
    CHECK(locations[2].score == -infinite_score);
    CHECK(locations[2].other_than == std::vector<std::string>{"node1", "node2"});
}

TEST_CASE("a parent comes first, on the same node where none is named; a child stops first, and no more") {
    const auto config = engine_config({service_named("a", {{"parents", {"b"}}, {"hard_affinity", {"b"}}, {"children", {"c@node1"}}}),
                                       service_named("b"), service_named("c", {{"parents", {"a@node1"}}})},
                                      {"a", "b", "c"});
    const auto& constraints = config.constraints;
    REQUIRE(constraints.orders.size() == 3);
    CHECK(constraints.orders[0].id == "a-after-b");
    CHECK(constraints.orders[1].first_action == "stop");
    CHECK(constraints.orders[1].first == "c");
    CHECK_FALSE(constraints.orders[1].symmetrical);
    CHECK(constraints.orders[2].id == "c-after-a");
    REQUIRE(constraints.colocations.size() == 1);
    CHECK(constraints.colocations[0].with == "b");
    CHECK(constraints.colocations[0].score == infinite_score);
}

TEST_CASE("anti-affinity is a negative score, and what is soft outweighs the order of nodes and nothing else") {
    const auto config =
        engine_config({service_named("a", {{"hard_anti_affinity", {"b"}}, {"soft_affinity", {"c"}}, {"soft_anti_affinity", {"d"}}}),
                       service_named("b"), service_named("c"), service_named("d")},
                      {"a"});
    const auto& found = config.constraints.colocations;
    REQUIRE(found.size() == 3);
    CHECK(found[0].score == -infinite_score);
    const auto& locations = config.constraints.locations;
    CHECK(found[1].score > locations[0].score - locations[1].score);
    CHECK_MESSAGE(found[2].score + locations[1].score > 0, "Pacemaker starts nothing where the sum is below zero");
    CHECK(found[1].score < *parse_score(config.resources[0].meta.at("resource-stickiness")));
    CHECK(found[2].score == -found[1].score);
}

TEST_CASE("what the engine can't be told is said, and left out") {
    const auto config = engine_config({service_named("a", {{"parents", {"gone", "a"}}})}, {"a"});
    CHECK(config.constraints.orders.empty());
    REQUIRE(config.remarks.size() == 1);
    CHECK(config.remarks[0].find("gone") != std::string::npos);
    CHECK(engine_config(both, {"web"}).remarks.size() == 2);
    CHECK(engine_config(both, {"web"}).constraints.orders.size() == 1);
}

TEST_CASE("ids are NCNames, different for different things, and the same whatever the order of services is") {
    std::vector<EngineService> services{service_named("1a"), service_named("_1a"), service_named("a"), service_named("a-on-node1"),
                                        service_named("x.y", {{"parents", {"1a", "_1a"}}})};
    const std::set<std::string> names{"1a", "_1a", "a", "a-on-node1", "x.y"};
    const auto ids = ids_of(engine_config(services, names));
    CHECK(std::set(ids.begin(), ids.end()).size() == ids.size());
    for (const std::string& id : ids) CHECK((std::isalpha(static_cast<unsigned char>(id.front())) != 0 || id.front() == '_'));
    std::ranges::reverse(services);
    CHECK(ids_of(engine_config(services, names)) == ids);
}

TEST_CASE("a service moves live only where each of its nodes can") {
    const EngineTimes can{100s, 200s, 27s, 300s}, can_not{150s, 100s, 30s, {}};
    const EngineTimes both_times = can.with(can_not);
    CHECK(both_times.start == Duration(150s));
    CHECK(both_times.stop == Duration(200s));
    CHECK_FALSE(both_times.migrate_to);
    EngineService service = service_named("db");
    service.times = both_times;
    const auto resource = engine_config({service}, {"db"}).resources[0];
    CHECK_FALSE(resource.meta.contains("allow-migrate"));
    CHECK(resource.operations.size() == 3);
    CHECK(engine_config(both, both_names).resources[0].operations.size() == 5);
}

TEST_CASE("timeouts are the deadlines of all steps of a start and a stop, and what comes before them") {
    std::vector<std::unique_ptr<Resource>> resources;
    resources.push_back(std::make_unique<FakeResource>("fs#1", Group::fs));
    resources.push_back(std::make_unique<FakeResource>("app#1", Group::app));
    const Service service("db", "db.env", Options("DEFAULT", {}, default_keywords()), std::move(resources));
    test::Machine machine;
    const Node node = Node::load(machine.files, machine.host, Paths());
    const EngineTimes times = engine_times(machine.world(), node, service);
    CHECK(times.start == Duration(4 * 10s + 90s));
    CHECK(times.stop == Duration(2 * 10s + 90s));
    CHECK_FALSE(times.migrate_to);
}

// If this fails, an engine that has something else than the env files is said to have the same.
TEST_CASE("nothing differs from what was exported, whatever ids the engine has, and every change is a difference") {
    const EngineConfig config = engine_config(both, both_names);
    CHECK(engine_differences(config, cib_of(config), both_names).empty());
    Cib renamed = cib_of(config);
    const auto other = [](std::string& id) { id = "p_" + id; };
    for (auto& one : renamed.resources) other(one.id);
    for (auto& one : renamed.constraints.locations) other(one.resource);
    for (auto& one : renamed.constraints.orders) other(one.first), other(one.then);
    for (auto& one : renamed.constraints.colocations) other(one.resource), other(one.with);
    CHECK(engine_differences(config, renamed, both_names).empty());

    const auto differs = [&](const std::function<void(Cib&)>& change) {
        Cib cib = cib_of(config);
        change(cib);
        return told(engine_differences(config, cib, both_names));
    };
    using Lines = std::vector<std::string>;
    CHECK(differs([](Cib& cib) { cib.resources[0].operations[0].timeout = "PT1M40S"; }).empty());
    CHECK(differs([](Cib& cib) { cib.resources[0].operations[0].timeout = "60"; }) == Lines{"db timeout timeout of start: 100s / 60"});
    CHECK(differs([](Cib& cib) { cib.resources[0].operations.pop_back(); }) == Lines{"db timeout migrate_from: 27s / "});
    CHECK(differs([](Cib& cib) { cib.resources[0].meta.clear(); }).size() == 2);
    CHECK(differs([](Cib& cib) { cib.resources.erase(cib.resources.begin()); }).front() == "db missing resource: db / ");
    CHECK(differs([](Cib& cib) {
              cib.resources.push_back({"again", cib.resources[0].agent, {{"service", "db"}}});
          }) == Lines{"db double resource:  / again beside db"});
    CHECK(differs([](Cib& cib) { cib.constraints.locations[0].score = 1; }) == Lines{"db location score for node1: 10020 / 1"});
    CHECK(differs([](Cib& cib) {
              cib.constraints.locations.push_back({"cli-prefer-db", "db", "node2", {}, "", infinite_score});
          }) == Lines{"db location score for node2:  / INFINITY (cli-prefer-db)"});
    CHECK(differs([](Cib& cib) { cib.constraints.locations[2].other_than.push_back("drp1"); }).size() == 2);
    CHECK(differs([](Cib& cib) { cib.constraints.orders[0].symmetrical = false; }).size() == 1);
    CHECK(differs([](Cib& cib) { cib.constraints.colocations.clear(); }).size() == 2);
    CHECK(differs([](Cib& cib) { cib.resources.push_back({"old", cib.resources[0].agent, {{"service", "old"}}}); }).empty());
    const EngineConfig web = engine_config(both, {"web"});
    CHECK(engine_differences(web, cib_of(config), {"web"}).empty());
    CHECK(differs([](Cib& cib) { cib.constraints.orders.clear(); }) == Lines{"web order start of db, then start of it: Mandatory / "});
    Cib without_order = cib_of(config);
    without_order.constraints.orders.clear();
    CHECK(engine_differences(web, without_order, {"web"}).size() == 1);
    Cib with_old = cib_of(config);
    with_old.resources.push_back({"old", with_old.resources[0].agent, {{"service", "old"}}});
    CHECK(services_in(with_old) == std::set<std::string>{"db", "old", "web"});
    CHECK(told(engine_differences(config, with_old, services_in(with_old))) == Lines{"old leftover resource:  / old"});
    CHECK(differs([](Cib& cib) { cib.constraints.colocations.push_back({"c", "db", "some-address", 5}); }).empty());
}
