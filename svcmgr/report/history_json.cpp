#include "svcmgr/journal/words.h"
#include "svcmgr/report/history.h"
#include "svcmgr/report/plan_report.h"

namespace svcmgr {

namespace {

template <typename Value, typename Write>
void write_or_null(JsonWriter& json, const std::optional<Value>& value, Write write) {
    if (value)
        write(*value);
    else
        json.null();
}

void write_time(JsonWriter& json, std::string_view key, const std::optional<WallTime>& time) {
    json.key(key);
    write_or_null(json, time, [&](WallTime value) { json.time(value); });
}

void write_duration(JsonWriter& json, std::string_view key, const std::optional<Duration>& duration) {
    json.key(key);
    write_or_null(json, duration, [&](Duration value) { json.duration(value); });
}

void write_aim(JsonWriter& json, const Aim& aim) {
    json.key("goal");
    write_or_null(json, aim.goal, [&](Goal goal) { json.text(to_string(goal)); });
    json.key("groups");
    write_or_null(json, aim.groups, [&](const std::set<Group>& groups) {
        json.begin_array();
        for (const Group group : groups) json.text(to_string(group));
        json.end_array();
    });
    json.key("rids");
    write_or_null(json, aim.rids, [&](const std::set<Rid>& rids) {
        json.begin_array();
        for (const Rid& rid : rids) json.text(rid.text());
        json.end_array();
    });
    json.key("undoes");
    write_text_or_null(json, aim.undoes);
}

void write_step(JsonWriter& json, const StepRecord& record) {
    json.begin_object();
    write_step_members(json, record.step);
    json.key("state").text(to_string(record.state));
    write_time(json, "begun", record.begun);
    write_time(json, "ended", record.ended);
    write_duration(json, "elapsed_seconds", record.elapsed);
    json.key("evidence");
    write_text_or_null(json, record.evidence);
    write_time(json, "undone", record.undone);
    json.key("undo_evidence");
    write_text_or_null(json, record.undo_evidence);
    json.end_object();
}

}  // namespace

void write_action_members(JsonWriter& json, const JournaledAction& action) {
    const ActionHistory& history = action.history;
    const ActionRecord& record = history.action;
    json.key("sid").text(record.sid);
    json.key("service").text(record.service);
    json.key("node").text(record.node);
    json.key("action").text(record.action);
    json.key("state").text(to_string(action.state));
    json.key("exit_code");
    write_or_null(json, history.ended ? std::optional(history.exit_code) : std::nullopt, [&](int code) { json.integer(code); });
    json.key("begun").time(record.begun);
    write_time(json, "ended", history.ended);
    write_duration(json, "elapsed_seconds", action.elapsed);
    json.key("closed_by");
    write_text_or_null(json, history.closed_by);
    json.key("caller").begin_object();
    json.key("user").text(record.caller.user);
    json.key("sudo_user");
    write_text_or_null(json, record.caller.sudo_user);
    json.key("ssh_client");
    write_text_or_null(json, record.caller.ssh_client);
    json.key("pid").integer(record.process.pid);
    json.end_object();
    json.key("argv").texts(record.argv);
    json.key("reason");
    write_text_or_null(json, record.reason);
    write_aim(json, record.aim);
}

std::string actions_json(const std::vector<JournaledAction>& actions) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.actions/1");
    json.key("actions").begin_array();
    for (const JournaledAction& action : actions) {
        json.begin_object();
        write_action_members(json, action);
        json.end_object();
    }
    json.end_array().end_object();
    return json.document();
}

std::string action_json(const JournaledAction& action) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.action/1");
    write_action_members(json, action);
    json.key("steps").begin_array();
    for (const StepRecord& record : action.history.steps) write_step(json, record);
    json.end_array();
    write_left_alone(json, action.history.left_alone);
    json.end_object();
    return json.document();
}

}  // namespace svcmgr
