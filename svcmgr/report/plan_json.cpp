#include "svcmgr/journal/words.h"
#include "svcmgr/report/json.h"
#include "svcmgr/report/plan_report.h"

namespace svcmgr {

void write_step_members(JsonWriter& json, const Step& step) {
    json.key("id").integer(step.id);
    json.key("rid").text(step.rid.text());
    json.key("verb").text(step.verb);
    json.key("after").begin_array();
    for (const int id : step.after) json.integer(id);
    json.end_array();
    json.key("reason").text(step.reason);
    json.key("deadline_seconds").duration(step.deadline);
    json.key("expected_seconds");
    if (step.expected)
        json.duration(*step.expected);
    else
        json.null();
    json.key("undo");
    write_text_or_null(json, step.undo);
    json.key("on_failure").text(to_string(step.on_failure));
    json.key("guard").boolean(step.guard());
    json.key("refusal");
    write_error(json, step.refusal);
}

void write_left_alone(JsonWriter& json, const std::vector<LeftAlone>& left_alone) {
    json.key("left_alone").begin_array();
    for (const LeftAlone& left : left_alone) {
        json.begin_object();
        json.key("rid").text(left.rid.text());
        json.key("reason").text(left.reason);
        json.end_object();
    }
    json.end_array();
}

std::string plan_json(const Plan& plan) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.plan/1");
    json.key("service").text(plan.service);
    json.key("action").text(plan.action);
    write_plan_members(json, plan);
    json.end_object();
    return json.document();
}

void write_plan_members(JsonWriter& json, const Plan& plan) {
    json.key("steps").begin_array();
    for (const Step& step : plan.steps) {
        json.begin_object();
        write_step_members(json, step);
        json.end_object();
    }
    json.end_array();
    write_left_alone(json, plan.left_alone);
}

}  // namespace svcmgr
