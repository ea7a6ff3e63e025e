#include "svcmgr/report/recover.h"

#include <fmt/format.h>

#include "svcmgr/report/history.h"
#include "svcmgr/report/json.h"
#include "svcmgr/report/plan_report.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

std::string steps_in(const ActionHistory& history, StepState state) {
    std::string names;
    for (const StepRecord& record : history.steps)
        if (!record.step.guard() && record.state == state) names += (names.empty() ? "" : ", ") + record.step.name();
    return names;
}

std::string place_of(const ActionHistory& history) {
    const std::string running = steps_in(history, StepState::begun);
    if (!running.empty()) return "at " + running;
    return steps_in(history, StepState::done).empty() ? "before its first step" : "between two steps";
}

std::string line(std::string_view heading, const std::string& text, const Style& style) {
    return text.empty() ? "" : fmt::format("  {:<18}{}\n", heading, shown(text, style));
}

std::string way_text(const Choices& choices, std::string_view option, std::string_view what, const Plan& plan, const Style& style) {
    std::string text = fmt::format("\nsvcmgr -s {} recover {} {}\n", shown(choices.service, style), option, what);
    text += plan_text(plan, style);
    if (plan.refused() != nullptr) text += line("what to do", plan.refused()->refusal->hint(), style);
    return text;
}

void write_way(JsonWriter& json, const Plan& plan) {
    json.begin_object();
    json.key("action").text(plan.action);
    write_plan_members(json, plan);
    json.end_object();
}

}  // namespace

std::string choices_text(const Choices& choices, const Style& style) {
    const std::string service = shown(choices.service, style);
    if (!choices.interrupted) return fmt::format("{}: no action was interrupted\n", service);
    const ActionHistory& history = *choices.interrupted;
    const ActionRecord& action = history.action;
    std::string text = fmt::format("{}: {} was interrupted {}\n", service, shown(action.action, style), place_of(history));
    text += fmt::format("  {:<18}{} by {}\n", "begun", to_iso8601(action.begun), caller_text(action.caller, style));
    text += fmt::format("  {:<18}{}\n", "command", command_text(action.argv, style));
    text += line("sid", action.sid, style);
    text += line("done", steps_in(history, StepState::done), style);
    text += line("in the middle of", steps_in(history, StepState::begun), style);
    text += line("failed", steps_in(history, StepState::failed), style);
    text += line("undone", steps_in(history, StepState::undone), style);
    text += line("could not undo", steps_in(history, StepState::undo_failed), style);
    text += line("not begun", steps_in(history, StepState::planned), style);
    for (const Interrupted& older : choices.older)
        text += line("before that", fmt::format("{} of {}, sid {}", older.action, to_iso8601(older.since), older.sid), style);
    return text + way_text(choices, "--redo", "completes it:", choices.redo, style) +
           way_text(choices, "--undo", "reverses what it had done:", choices.undo, style);
}

std::string choices_json(const Choices& choices) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.recover/1");
    json.key("service").text(choices.service);
    json.key("interrupted");
    if (choices.interrupted) {
        json.begin_object();
        write_action_members(json, {*choices.interrupted, ActionState::interrupted, {}});
        json.end_object();
    } else {
        json.null();
    }
    json.key("older").begin_array();
    for (const Interrupted& older : choices.older) json.text(older.sid);
    json.end_array();
    for (const auto& [name, plan] : {std::pair{"redo", &choices.redo}, std::pair{"undo", &choices.undo}}) {
        json.key(name);
        if (choices.interrupted)
            write_way(json, *plan);
        else
            json.null();
    }
    json.end_object();
    return json.document();
}

}  // namespace svcmgr
