#include "svcmgr/report/outcome.h"

#include <algorithm>

#include "svcmgr/report/json.h"

namespace svcmgr {

namespace {

constexpr std::size_t most_notes = 1000;

void write_step(JsonWriter& json, const OutcomeCollector::StepEnd& end) {
    json.begin_object();
    json.key("id").integer(end.step.id);
    json.key("rid").text(end.step.rid.text());
    json.key("verb").text(end.step.verb);
    json.key("state").text(to_string(end.state));
    json.key("elapsed_seconds").duration(end.elapsed);
    json.key("error");
    write_text_or_null(json, end.error);
    json.key("notes").begin_array();
    for (const LogLine& note : end.notes) {
        json.begin_object();
        json.key("level").text(to_string(note.level));
        json.key("message").text(note.message);
        json.end_object();
    }
    json.end_array().end_object();
}

}  // namespace

void OutcomeCollector::begun(const std::string&, const Plan& plan) {
    action_ = plan.action;
    steps_.clear();
    for (const Step& step : plan.steps) steps_.push_back({.step = step});
}

OutcomeCollector::StepEnd& OutcomeCollector::end_of(const Step& step) {
    const auto known = std::ranges::find(steps_, step.id, [](const StepEnd& end) { return end.step.id; });
    return known != steps_.end() ? *known : steps_.emplace_back(StepEnd{.step = step});
}

/// Guards that let an action pass are not reported one by one: they did when something began, or when it ended otherwise.
void OutcomeCollector::pass_guards() {
    for (StepEnd& end : steps_)
        if (end.step.guard() && end.state == StepState::planned) end.state = StepState::done;
}

void OutcomeCollector::step_begun(const Step& step) {
    pass_guards();
    end_of(step).state = StepState::begun;
}

void OutcomeCollector::step_note(const Step& step, LogLine::Level level, const std::string& message) {
    std::vector<LogLine>& notes = end_of(step).notes;
    if (notes.size() < most_notes) notes.push_back({level, message});
}

void OutcomeCollector::step_done(const Step& step, Duration elapsed) {
    StepEnd& end = end_of(step);
    end.state = StepState::done;
    end.elapsed = elapsed;
}

void OutcomeCollector::step_failed(const Step& step, const Error& error, Duration elapsed) {
    StepEnd& end = end_of(step);
    end.state = StepState::failed;
    end.elapsed = elapsed;
    end.error = error.what();
}

void OutcomeCollector::undone(const Step& step, Duration) {
    end_of(step).state = StepState::undone;
}

void OutcomeCollector::undo_failed(const Step& step, const Error& error) {
    StepEnd& end = end_of(step);
    end.state = StepState::undo_failed;
    end.error += (end.error.empty() ? "" : "; then its undoing failed: ") + std::string(error.what());
}

void OutcomeCollector::ended(const Outcome& outcome) {
    if (outcome.state == ActionState::refused) return;
    pass_guards();
    for (StepEnd& end : steps_)
        if (end.state == StepState::planned) end.state = StepState::skipped;
}

std::string outcome_json(const std::string& service, const std::string& action, const Outcome& outcome,
                         const std::vector<OutcomeCollector::StepEnd>& steps) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.outcome/1");
    json.key("service").text(service);
    json.key("action").text(action);
    json.key("sid");
    write_text_or_null(json, outcome.sid);
    json.key("state").text(to_string(outcome.state));
    json.key("exit_code").integer(outcome.exit_code());
    json.key("signal");
    write_number_or_null(json, static_cast<std::uint64_t>(outcome.signal));
    json.key("error");
    write_error(json, outcome.error);
    json.key("left").texts(outcome.left);
    json.key("elapsed_seconds").duration(outcome.elapsed);
    json.key("steps").begin_array();
    for (const auto& step : steps) write_step(json, step);
    json.end_array().end_object();
    return json.document();
}

}  // namespace svcmgr
