#include "svcmgr/report/metrics.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/report/example_service.h"

using namespace svcmgr;

namespace {

constexpr WallTime at_ten{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(10)};

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

// If this fails, monitoring does not see that a service is down, or sees a number that means something else.
TEST_CASE("statuses are the exit codes of `status`") {
    const ExampleService example({{"container#1", Group::container, "container.kvm", "vm188", Status::up},
                                  {"sync#i0", Group::sync, "sync.config", "env file", Status::warn}});
    NodeMetrics metrics{.node = "node1", .observed = at_ten};
    metrics.services.push_back({example.view(), true, {}, {}, {}});
    metrics.unreadable = {"vm200"};
    const std::string text = metrics_text(metrics);
    INFO(text);
    CHECK(has_line(text, "svcmgr_look_timestamp_seconds 1795168800.000"));
    CHECK(has_line(text, "svcmgr_node_frozen 0"));
    CHECK(has_line(text, "svcmgr_service_status{service=\"vm188\"} 2"));
    CHECK(has_line(text, "svcmgr_service_availability{service=\"vm188\"} 0"));
    CHECK(has_line(text, "svcmgr_resource_status{service=\"vm188\",rid=\"sync#i0\",type=\"sync.config\"} 2"));
    CHECK(has_line(text, "svcmgr_service_config_valid{service=\"vm188\"} 1"));
    CHECK(has_line(text, "svcmgr_service_config_valid{service=\"vm200\"} 0"));
    CHECK(text.find("svcmgr_service_status{service=\"vm200\"}") == std::string::npos);
}

// If this fails, what nobody knows looks like a replica that is fresh, or an action that went well.
TEST_CASE("what is not known has no sample, and a name without samples no heading") {
    const ExampleService example({{"sync#1", Group::sync, "sync.rsync", "data", Status::warn}});
    NodeMetrics metrics{.node = "node1", .observed = at_ten};
    ServiceMetrics one{example.view(), false, {}, {}, {}};
    one.replicas.push_back({.rid = Rid("sync#1"), .peer = "node2", .allowed = std::chrono::hours(1), .problem = "no route"});
    one.replicas.push_back({.rid = Rid("sync#2"), .allowed = std::chrono::hours(1)});
    one.runs.push_back({"start", ActionState::failed, at_ten, {}, 1});
    metrics.services.push_back(std::move(one));
    const std::string text = metrics_text(metrics);
    INFO(text);
    CHECK(text.find("svcmgr_sync_age_seconds") == std::string::npos);
    CHECK(text.find("svcmgr_action_duration_seconds") == std::string::npos);
    CHECK(text.find("sync#2") == std::string::npos);
    CHECK(text.find("svcmgr_disk") == std::string::npos);
    CHECK(has_line(text, "svcmgr_service_config_valid{service=\"vm188\"} 0"));
    CHECK(has_line(text, "svcmgr_sync_failed{service=\"vm188\",rid=\"sync#1\",peer=\"node2\"} 1"));
    CHECK(has_line(text, "svcmgr_sync_max_delay_seconds{service=\"vm188\",rid=\"sync#1\",peer=\"node2\"} 3600.000"));
    CHECK(has_line(text, "svcmgr_action_exit_code{service=\"vm188\",action=\"start\"} 1"));
    CHECK(has_line(text, "svcmgr_action_end_timestamp_seconds{service=\"vm188\",action=\"start\"} 1795168800.000"));
}

// If this fails, nobody is told that a node could not take over, or that nobody has looked for weeks.
TEST_CASE("what the last drill found, and its age; a service that was never drilled has neither") {
    const ExampleService drilled(healthy_parts()), never({{"x", Group::app, "app", "", Status::up}}, "vm200");
    NodeMetrics metrics{.node = "node1", .observed = at_ten};
    metrics.services.push_back({drilled.view(), true, {}, {}, {}});
    metrics.services.push_back({never.view(), true, {}, {}, {}});
    ServiceDrill& drill = metrics.services.front().drill;
    drill.drilled = at_ten - std::chrono::hours(1);
    drill.nodes["node1"].checks = {{"frozen", DrillCheck::Result::fine}};
    drill.nodes["node2"].checks = {{"frozen", DrillCheck::Result::missing}};
    drill.nodes["node3"].checks = {{"answer", DrillCheck::Result::unknown}};
    const std::string text = metrics_text(metrics);
    CHECK(has_line(text, "svcmgr_drill_possible{service=\"vm188\",node=\"node1\"} 1"));
    CHECK(has_line(text, "svcmgr_drill_possible{service=\"vm188\",node=\"node2\"} 0"));
    CHECK(has_line(text, "svcmgr_drill_possible{service=\"vm188\",node=\"node3\"} 0"));
    CHECK(has_line(text, "svcmgr_drill_age_seconds{service=\"vm188\"} 3600.000"));
    CHECK(text.find("svcmgr_drill_age_seconds{service=\"vm200\"}") == std::string::npos);
}

// If this fails, a byte in a name makes Prometheus refuse all of the node's metrics.
TEST_CASE("labels are escaped, and UTF-8") {
    NodeMetrics metrics{.node = "a\"b\\c\nd\xFFé", .observed = at_ten};
    CHECK(metrics_text(metrics).find("{node=\"a\\\"b\\\\c\\nd\xEF\xBF\xBDé\",version=") != std::string::npos);
}
