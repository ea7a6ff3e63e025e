// Everything that programs read, against the schemas that are installed beside it.

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "resources/keywords.h"
#include "resources/raw_disks.h"
#include "resources/scsi_reservation.h"
#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/report/config.h"
#include "svcmgr/report/disks_json.h"
#include "svcmgr/report/drill.h"
#include "svcmgr/report/drp.h"
#include "svcmgr/report/engine_config.h"
#include "svcmgr/report/error_text.h"
#include "svcmgr/report/explain.h"
#include "svcmgr/report/findings.h"
#include "svcmgr/report/mon.h"
#include "svcmgr/report/outcome.h"
#include "svcmgr/report/plan_report.h"
#include "svcmgr/report/recover.h"
#include "svcmgr/report/reservations.h"
#include "svcmgr/report/status.h"
#include "tests/unit/journal/examples.h"
#include "tests/unit/report/example_action.h"
#include "tests/unit/report/example_service.h"
#include "tests/unit/report/schema_check.h"

using namespace svcmgr;
using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* sid = "0198f3a1-b2c3-7000-8000-000000000001";

Json schema_of(const std::string& name) {
    std::ifstream file(std::string(SVCMGR_SOURCE_DIR) + "/share/schema/" + name + "-1.json");
    REQUIRE(file.good());
    return Json::parse(file);
}

std::string complaints(const Json& document, const std::string& name) {
    std::string text;
    for (const std::string& line : check_against_schema(document, schema_of(name))) text += line + "\n";
    return text;
}

/// The names of the members of a document in their order, of objects in it, too: "schema node services{vm188{overall …".
std::string keys_of(const Json& document) {
    std::string text;
    for (const auto& [name, value] : document.items()) {
        if (document.is_object()) text += (text.empty() ? "" : " ") + name;
        if (value.is_structured() && !value.empty()) text += "{" + keys_of(value) + "}";
    }
    return text;
}

/// Pointers to everything in a document.
void add_places(const Json& value, const Json::json_pointer& place, std::vector<Json::json_pointer>& places) {
    places.push_back(place);
    if (value.is_object())
        for (const auto& [name, member] : value.items()) add_places(member, place / name, places);
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i) add_places(value[i], place / i, places);
}

/// Every document that differs from `document` in one place: a value of a type that belongs nowhere, a member more, or one less.
std::vector<Json> damaged(const Json& document) {
    std::vector<Json::json_pointer> places;
    add_places(document, Json::json_pointer(), places);
    const Json surprise = {{"surprise", 1}};
    std::vector<Json> results;
    for (const auto& place : places) {
        results.push_back(document);
        results.back()[place] = surprise;
        if (document[place].is_object()) {
            results.push_back(document);
            results.back()[place].update(surprise);
        }
        if (!place.empty() && document[place.parent_pointer()].is_object()) {
            results.push_back(document);
            results.back()[place.parent_pointer()].erase(place.back());
        }
    }
    return results;
}

std::map<std::string, PeerInstance> example_peers() {
    PeerInstance well{.answer = PeerInstance::Answer::given, .version = "1", .avail = Status::up, .overall = Status::warn};
    well.running = {"container#1"};
    well.unknown = {"fs#1"};
    return {{"node110", well}, {"node111", {.answer = PeerInstance::Answer::silent, .reason = "no answer within 2 s"}}};
}

Json mon_document() {
    ExampleService example(healthy_parts());
    return Json::parse(mon_json({{*example.service, example_peers()}}, "node109", example.observation.observed));
}

DrillDocument example_drill() {
    const NodeDrill lacks{
        .runs = false, .config = "mark", .checks = {{"container#1 bridge br0", DrillCheck::Result::missing, "none", "make it"}}};
    return {"node109", "1", {{"vm188", {WallTime(1s), {{"node110", lacks}}}}}};
}

Json status_document() {
    ExampleService example(healthy_parts());
    example.observation.interrupted = Interrupted{sid, "start", "container#1 start", example.observation.observed};
    example.observation.journal_problem = "not known";
    example.observation.acting = "stop by anna (pid 4711) since 2026-11-20T10:00:00Z";
    example.observation.frozen_note = "since 2026-11-20T10:00:00Z by anna";
    example.observation.peers = example_peers();
    example.observation.engine = EngineSight{EngineSight::Value::leaves_alone, "vm188", "maintenance-mode = true", "wait"};
    const DrillDocument drill = example_drill();
    ServiceView view = example.view();
    view.drill = &drill.services.at("vm188");
    return Json::parse(status_json({view}, "node109", example.observation.observed));
}

Json outcome_document() {
    Plan plan = example_plan();
    OutcomeCollector collector;
    collector.begun(sid, plan);
    collector.step_begun(plan.steps[1]);
    collector.step_note(plan.steps[1], LogLine::Level::warn, "autostart is on");
    collector.step_failed(plan.steps[1], Error(Error::Code::failed, "no"), 1500ms);
    Outcome outcome;
    outcome.sid = sid;
    outcome.state = ActionState::left_behind;
    outcome.signal = 15;
    outcome.error = Error(Error::Code::failed, "no", "container#1", "look");
    outcome.left = {"container#1 start could not be undone"};
    outcome.elapsed = 2s;
    collector.ended(outcome);
    return Json::parse(outcome_json("vm188", "start", outcome, collector.steps()));
}

Json findings_document() {
    Finding finding;
    finding.kind = Finding::Kind::unknown_keyword;
    finding.place = {"/etc/svcmgr/vm188.env", 14, 4};
    finding.section = "ip#1";
    finding.keyword = "ipdec";
    finding.message = "unknown keyword 'ipdec' in [ip#1]";
    finding.suggestion = "ipdev";
    return Json::parse(findings_json({finding}));
}

Json push_document() {
    ServiceRecord record;
    record.service = "vm188";
    record.node = "node109";
    record.avail = "up";
    record.overall = "warn";
    record.nodes = {"node109"};
    record.drpnodes = {"node111"};
    record.resources = {{"container#1", "container.kvm", "vm188", "up", "", 4, 1 << 20, {"10.0.0.5"}}};
    return Json::parse(push_json(record));
}

Json disks_document() {
    return Json::parse(disks_json({{"vm188", "node109", "vmdg", "3600", "block", "/dev/m1", "vda", "HP", "OPEN-V", "5000", 1 << 30}}));
}

Json config_document() {
    const Document document = Document::parse("[DEFAULT]\nnodes = node109\n[env]\nsize = 1\n[ip#1]\nipname = a\nipdev = b\n", "vm188.env");
    return Json::parse(evaluated_json({{"vm188", "node109", "vm188.env", Sections::evaluate(document, {"node109", "vm188"}, env_shape)}},
                                      SecretValues::hidden));
}

Json values_document() {
    return Json::parse(values_json({{"vm188", {"ip#1", "ipdev"}, {"eth0", {"vm188.env", 3, 9}}}, {"vm188", {"DEFAULT", "app"}, {"", {}}}}));
}

Json error_document() {
    return Json::parse(error_json(Error(Error::Code::timed_out, "no answer", "vm188", "look")));
}

/// Of a configuration: services, sections and keywords, each of which another file need not have.
std::size_t keys_that_are_names(const Json& document) {
    std::size_t count = document["services"].size();
    for (const Json& service : document["services"]) {
        count += service["sections"].size();
        for (const Json& section : service["sections"]) count += section.size();
    }
    return count;
}

Json explain_document() {
    ExampleService example(healthy_parts());
    example.observation.interrupted = Interrupted{example_sid, "start", "container#1 start", example.observation.observed};
    example.observation.journal_problem = "not known";
    example.observation.acting = "stop by anna (pid 4711) since 2026-11-20T10:00:00Z";
    const Plan plan = example_plan();
    const Explanation explanation{example.view(), "node109", plan, {Error(Error::Code::locked, "held", "vm188", "wait")}};
    return Json::parse(explanation_json(explanation, 4));
}

Json node_disks_document() {
    NodeDisk disk{"6001405", "SIM", "DISK", 1 << 20, {"sda"}, {{"svc1", "container#1", "vm188", "vda", "/dev/sda"}}};
    disk.uses.push_back({"svc2", "disk#1", "", "", "/dev/sda"});
    return Json::parse(node_disks_json({disk}, "node109"));
}

Json reservations_document() {
    const RawDisks owner(Rid("disk#1"), Options("disk#1", {}, reservation_keywords()));
    ScsiReservation resource(owner, nullptr, {"svc1", "node109", ReservationKey(1), {"node110"}, {{ReservationKey(2), "node110"}}});
    ScsiReservation::Report report;
    report.devices = {{{"6001405", "SIM", {{"sda", "/dev/sda", "1"}}}}, {"vda is the file /x"}, {"/dev/sdz: no such file"}};
    DiskState state;
    state.result.value = ScsiResult::Value::done;
    state.paths = {{ScsiResult::Value::timed_out, "no answer"}};
    state.keys = {ReservationKey(1), ReservationKey(2)};
    state.held = {1, true, ReservationKey(2), ReservationType::write_exclusive};
    report.states = {state};
    report.registrants.resize(1);
    report.registrants[0].value.all = {{ReservationKey(2), true, false, 1, "iqn.2026-01.lab:node110"}};
    report.problem = "not known";
    return Json::parse(reservations_json({{"svc1", resource, report}}, "node109"));
}

Json recover_document() {
    Choices choices;
    choices.service = "vm188";
    choices.interrupted = example_action().history;
    choices.older = {{other_sid, "stop", "", choices.interrupted->action.begun}};
    choices.redo = example_plan();
    choices.undo = wide_plan(1);
    return Json::parse(choices_json(choices));
}

}  // namespace

namespace {

Json drp_document() {
    DrpView view{.service = "vm188", .node = "drp1", .at_drp_site = true, .nodes = {"node1"}, .drpnodes = {"drp1"}};
    view.peers["node1"] = {.answer = PeerInstance::Answer::silent, .reason = "connected, and then silence"};
    view.replicas.push_back(
        {Rid("sync#i0"), "node1", PeerReplica::Direction::received, std::chrono::hours(2), std::chrono::hours(24), "x"});
    view.rehearsals = {{sid, WallTime(1s), ActionState::undone, {}, "bring up in copy app: no database"},
                       {sid, WallTime(0s), ActionState::done, std::chrono::seconds(12), ""}};
    view.start = example_plan();
    view.start->steps.front().refusal = Error(Error::Code::refused, "old data", "vm188", "--force");
    return Json::parse(drp_json({view}, "drp1"));
}

Json cluster_diff_document() {
    return Json::parse(engine_differences_json({{"vm188", "timeout", "timeout of start", "330s", "60"}}, {"vm188: not told"}, "node109"));
}

}  // namespace

// If this fails, a program that was written against the schema breaks.
TEST_CASE("what is printed is what the schemas say, and the schemas say all of it") {
    const std::pair<const char*, Json> documents[] = {{"status", status_document()},
                                                      {"mon", mon_document()},
                                                      {"plan", Json::parse(plan_json(example_plan()))},
                                                      {"findings", findings_document()},
                                                      {"error", error_document()},
                                                      {"outcome", outcome_document()},
                                                      {"disks", disks_document()},
                                                      {"node_disks", node_disks_document()},
                                                      {"reservations", reservations_document()},
                                                      {"push", push_document()},
                                                      {"config", config_document()},
                                                      {"values", values_document()},
                                                      {"services", Json::parse(services_json({"vm188"}))},
                                                      {"actions", Json::parse(actions_json({example_action()}))},
                                                      {"action", Json::parse(action_json(example_action()))},
                                                      {"recover", recover_document()},
                                                      {"explain", explain_document()},
                                                      {"drp", drp_document()},
                                                      {"cluster_diff", cluster_diff_document()},
                                                      {"drill", Json::parse(to_json(example_drill()))}};
    for (const auto& pair : documents) {
        const std::string name = pair.first;
        const Json& document = pair.second;
        CAPTURE(name);
        CHECK(complaints(document, name) == "");
        CHECK(document["schema"] == "svcmgr." + name + "/1");
        CHECK(document.begin().key() == "schema");
        std::vector<std::string> still_good;
        for (const Json& other : damaged(document))
            if (complaints(other, name).empty()) still_good.push_back(keys_of(other));
        // A service, a resource or a group may be missing, and so may the note of a freeze, the
        // action that runs, the problem of a journal that has none, peers that were not asked, an engine, and a drill that nobody asked
        // for.
        const std::size_t may_be_missing = name == "status"   ? 1 + 5 + 5 + 3 + 1 + 2 + 3
                                           : name == "drill"  ? 1 + 1
                                           : name == "mon"    ? 1 + 2
                                           : name == "config" ? keys_that_are_names(document)
                                                              : 0;
        CHECK(still_good.size() == may_be_missing);
    }
}

TEST_CASE("nothing is left out when there is nothing to say") {
    ExampleService example({});
    CHECK(complaints(Json::parse(status_json({example.view()}, "node109", example.observation.observed)), "status") == "");
    const ServiceDrill never;
    ServiceView undrilled = example.view();
    undrilled.drill = &never;
    CHECK(complaints(Json::parse(status_json({undrilled}, "node109", example.observation.observed)), "status") == "");
    CHECK(complaints(Json::parse(to_json(DrillDocument{"node109", "1", {}})), "drill") == "");
    CHECK(complaints(Json::parse(status_json({}, "node109", example.observation.observed)), "status") == "");
    CHECK(complaints(Json::parse(plan_json(Plan{.service = "vm188", .action = "start"})), "plan") == "");
    CHECK(complaints(Json::parse(findings_json({})), "findings") == "");
    CHECK(complaints(Json::parse(disks_json({})), "disks") == "");
    CHECK(complaints(Json::parse(outcome_json("vm188", "start", Outcome{}, {})), "outcome") == "");
    CHECK(complaints(Json::parse(error_json(Error(Error::Code::failed, ""))), "error") == "");
    CHECK(complaints(Json::parse(actions_json({})), "actions") == "");
    JournaledAction bare;
    bare.history.action = example_record("start", example_action().history.action.begun);
    bare.history.action.sid = example_sid;
    CHECK(complaints(Json::parse(actions_json({bare})), "actions") == "");
    CHECK(complaints(Json::parse(action_json(bare)), "action") == "");
    CHECK(complaints(Json::parse(choices_json({.service = "vm188"})), "recover") == "");
    const Plan nothing{.service = "vm188", .action = "start"};
    CHECK(complaints(Json::parse(explanation_json({example.view(), "node109", nothing, {}}, 0)), "explain") == "");
}

TEST_CASE("every word of every list is in the schema") {
    for (const auto result :
         {DrillCheck::Result::fine, DrillCheck::Result::noted, DrillCheck::Result::unknown, DrillCheck::Result::missing}) {
        DrillDocument document = example_drill();
        document.services.at("vm188").nodes.at("node110").checks = {{"frozen", result}};
        CHECK(complaints(Json::parse(to_json(document)), "drill") == "");
    }
    for (const Status status :
         {Status::up, Status::down, Status::warn, Status::not_applicable, Status::undef, Status::standby_up, Status::standby_down}) {
        ExampleService example({{"ip#1", Group::ip, "ip", "", status}});
        CHECK(complaints(Json::parse(status_json({example.view()}, "n", example.observation.observed)), "status") == "");
    }
    for (int group = 0; group <= static_cast<int>(Group::task); ++group) {
        ExampleService example({{"x", static_cast<Group>(group), "x", "", Status::up, {{LogLine::Level::error, ""}}}});
        CHECK(complaints(Json::parse(status_json({example.view()}, "n", example.observation.observed)), "status") == "");
    }
    for (int kind = 0; kind <= static_cast<int>(Finding::Kind::duplicate); ++kind)
        for (const auto level : {Finding::Level::warning, Finding::Level::error}) {
            Finding finding;
            finding.kind = static_cast<Finding::Kind>(kind);
            finding.level = level;
            CHECK(complaints(Json::parse(findings_json({finding})), "findings") == "");
        }
    for (int code = 0; code <= static_cast<int>(Error::Code::interrupted); ++code)
        CHECK(complaints(Json::parse(error_json(Error(static_cast<Error::Code>(code), "x"))), "error") == "");
    for (const auto value :
         {EngineSight::Value::manages, EngineSight::Value::leaves_alone, EngineSight::Value::absent, EngineSight::Value::unknown}) {
        ExampleService example(healthy_parts());
        example.observation.engine = EngineSight{value, "", "", ""};
        CHECK(complaints(Json::parse(status_json({example.view()}, "n", example.observation.observed)), "status") == "");
    }
    CHECK(complaints(Json::parse(engine_differences_json({{"s", "leftover", "resource", "", "old"}}, {}, "n")), "cluster_diff") == "");
    for (const auto on_failure : {Step::OnFailure::give_up, Step::OnFailure::go_on, Step::OnFailure::ignore}) {
        Plan plan = wide_plan(1);
        plan.steps[0].on_failure = on_failure;
        CHECK(complaints(Json::parse(plan_json(plan)), "plan") == "");
    }
    for (int state = 0; state <= static_cast<int>(StepState::skipped); ++state)
        CHECK(complaints(Json::parse(outcome_json("s", "a", {}, {{.step = wide_plan(1).steps[0], .state = static_cast<StepState>(state)}})),
                         "outcome") == "");
    for (int state = static_cast<int>(ActionState::done); state <= static_cast<int>(ActionState::interrupted); ++state) {
        Outcome outcome;
        outcome.state = static_cast<ActionState>(state);
        CHECK(complaints(Json::parse(outcome_json("s", "a", outcome, {})), "outcome") == "");
    }
    for (int state = 0; state <= static_cast<int>(ActionState::interrupted); ++state) {
        JournaledAction action = example_action();
        action.state = static_cast<ActionState>(state);
        CHECK(complaints(Json::parse(actions_json({action})), "actions") == "");
    }
    for (int state = 0; state <= static_cast<int>(StepState::skipped); ++state) {
        JournaledAction action = example_action();
        action.history.steps[1].state = static_cast<StepState>(state);
        CHECK(complaints(Json::parse(action_json(action)), "action") == "");
    }
    for (int answer = 0; answer <= static_cast<int>(PeerInstance::Answer::without_service); ++answer) {
        ExampleService example({});
        example.observation.peers = {{"node110", {.answer = static_cast<PeerInstance::Answer>(answer), .reason = "x"}}};
        CHECK(complaints(Json::parse(status_json({example.view()}, "n", example.observation.observed)), "status") == "");
    }
    for (const char* kind : {"block", "file", "network", "volume", "other"}) {
        DiskRecord disk;
        disk.kind = kind;
        CHECK(complaints(Json::parse(disks_json({disk})), "disks") == "");
    }
}

// If this fails, the example of the manual is no longer true.
TEST_CASE("the status of a service has the shape that was promised, keys in the order of the tree") {
    ExampleService example(healthy_parts());
    example.observation.resources[Rid("container#1")].log = {{LogLine::Level::warn, "autostart is on"}};
    example.observation.resources[Rid("container#1")].observed -= 1500ms;
    const Json document = Json::parse(status_json({example.view()}, "node109", example.observation.observed));
    const std::string resource = "{type status label log tags monitor disable optional encap standby age_seconds}";
    const std::string with_log = "{type status label log{{level message}} tags monitor disable optional encap standby age_seconds}";
    CHECK(keys_of(document) ==
          "schema node observed services{vm188{overall avail frozen orchestrate placement_leader groups{ip disk container app sync} "
          "interrupted"
          " resources{ip#1" +
              resource + " vmdg" + resource + " container#1" + with_log + " app" + with_log + " sync#i0" + resource + "}}}");
    CHECK(document["observed"] == "2026-11-20T10:00:00Z");
    const Json& service = document["services"]["vm188"];
    CHECK(service["overall"] == "warn");
    CHECK(service["avail"] == "up");
    CHECK(service["frozen"] == false);
    CHECK(service["orchestrate"] == "start");
    CHECK(service["placement_leader"] == true);
    CHECK(service["groups"]["disk"] == "n/a");
    CHECK(service["interrupted"].is_null());
    const Json& container = service["resources"]["container#1"];
    CHECK(container["type"] == "container.kvm");
    CHECK(container["status"] == "up");
    CHECK(container["log"] == Json::parse(R"([{"level": "warn", "message": "autostart is on"}])"));
    CHECK(container["encap"] == false);
    CHECK(container["age_seconds"] == 1.5);
    CHECK(service["resources"]["ip#1"]["encap"] == true);
}

TEST_CASE("flags, freezing, standby and what is not known") {
    ExampleService example({{"fs#1", Group::fs, "fs", "/a", Status::standby_up, {}, "MDOT"}});
    example.observation.node_frozen = true;
    example.observation.journal_problem = "damaged";
    example.observation.interrupted = Interrupted{sid, "stop", "", example.observation.observed};
    example.observation.resources[Rid("fs#1")].observed += 1h;  // the clock was set back
    const Json service = Json::parse(status_json({example.view()}, "node110", example.observation.observed))["services"]["vm188"];
    CHECK(service["frozen"] == true);
    CHECK(service["placement_leader"] == false);
    CHECK(service["journal_problem"] == "damaged");
    CHECK(service["interrupted"]["step"].is_null());
    const Json& resource = service["resources"]["fs#1"];
    for (const char* flag : {"monitor", "disable", "optional", "standby"}) CHECK(resource[flag] == true);
    CHECK(resource["tags"] == Json::parse(R"(["tag1", "tag2"])"));
    CHECK(resource["age_seconds"] == 0);
}

TEST_CASE("what is told about a plan, an outcome, an error and a finding is true") {
    const Json plan = Json::parse(plan_json(example_plan()));
    CHECK(keys_of(plan["steps"][1]) == "id rid verb after reason deadline_seconds expected_seconds undo on_failure guard refusal");
    CHECK(plan["steps"][0]["guard"] == true);
    CHECK(plan["steps"][0]["refusal"]["message"] == "vm188 runs on node110");
    CHECK(plan["steps"][1]["deadline_seconds"] == 120);
    CHECK(plan["steps"][1]["expected_seconds"] == 1.5);
    CHECK(plan["steps"][1]["undo"] == "stop");
    CHECK(plan["steps"][2]["after"] == Json::parse("[1, 2]"));
    CHECK(plan["steps"][2]["expected_seconds"].is_null());
    CHECK(plan["steps"][2]["on_failure"] == "go_on");
    CHECK(plan["left_alone"] == Json::parse(R"([{"rid": "ip#1", "reason": "it is up"}])"));

    const Json outcome = outcome_document();
    CHECK(keys_of(outcome).starts_with(
        "schema service action sid state exit_code signal error{code message where hint} left{} elapsed_seconds steps"));
    CHECK(outcome["exit_code"] == 5);
    CHECK(outcome["signal"] == 15);
    CHECK(outcome["elapsed_seconds"] == 2);
    CHECK(outcome["steps"][1]["state"] == "failed");
    CHECK(outcome["steps"][1]["elapsed_seconds"] == 1.5);
    CHECK(outcome["steps"][1]["error"] == "no");
    CHECK(outcome["steps"][1]["notes"][0]["message"] == "autostart is on");
    CHECK(Json::parse(outcome_json("s", "a", Outcome{}, {}))["sid"].is_null());

    CHECK(error_document() ==
          Json::parse(R"({"schema": "svcmgr.error/1", "code": "timed_out", "message": "no answer", "where": "vm188", "hint": "look"})"));
    CHECK(keys_of(findings_document()) == "schema findings{{kind level file line column section keyword message suggestion}}");
    CHECK(findings_document()["findings"][0]["suggestion"] == "ipdev");
    CHECK(disks_document()["disks"][0]["size_bytes"] == 1 << 30);
    CHECK(push_document()["resources"][0]["vcpus"] == 4);
    CHECK(push_document()["resources"][0]["addresses"] == Json::array({"10.0.0.5"}));
}
