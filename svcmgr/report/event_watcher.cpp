#include "svcmgr/report/event_watcher.h"

#include <fmt/format.h>

namespace svcmgr {

namespace {

std::string why_and_how_long(const Step& step) {
    std::string text = step.reason;
    if (step.expected) text += (text.empty() ? "usually " : ", usually ") + to_text(*step.expected);
    return text.empty() ? "begun" : fmt::format("begun ({})", text);
}

}  // namespace

void EventWatcher::event_of(const Step& step, Event::Kind kind, std::string text) {
    event({kind, step.rid.text(), step.verb, std::move(text)});
}

void EventWatcher::begun(const std::string& sid, const Plan& plan) {
    service_ = plan.service;
    action_ = plan.action;
    nothing_to_do_ = !plan.changes_something();
    event({Event::Kind::progress, "", action_, fmt::format("begun (sid {})", sid)});
}

void EventWatcher::step_begun(const Step& step) {
    event_of(step, Event::Kind::progress, why_and_how_long(step));
}

void EventWatcher::step_note(const Step& step, LogLine::Level level, const std::string& message) {
    switch (level) {
        case LogLine::Level::info: return event_of(step, Event::Kind::progress, message);
        case LogLine::Level::warn: return event_of(step, Event::Kind::trouble, "warn: " + message);
        case LogLine::Level::error: return event_of(step, Event::Kind::failure, "error: " + message);
    }
}

void EventWatcher::step_done(const Step& step, Duration elapsed) {
    event_of(step, Event::Kind::success, "done in " + to_text(elapsed));
}

void EventWatcher::step_failed(const Step& step, const Error& error, Duration elapsed) {
    const std::string how = step.guard() ? "refused" : "failed after " + to_text(elapsed);
    event_of(step, Event::Kind::failure, fmt::format("{}: {}", how, error.what()));
}

void EventWatcher::undoing(const Step& step) {
    event_of(step, Event::Kind::trouble, fmt::format("undoing it ({})", step.undo));
}
void EventWatcher::undone(const Step& step, Duration elapsed) {
    event_of(step, Event::Kind::trouble, "undone in " + to_text(elapsed));
}

void EventWatcher::undo_failed(const Step& step, const Error& error) {
    event_of(step, Event::Kind::failure, fmt::format("could not be undone: {}", error.what()));
}

std::string EventWatcher::end_in_words(const Outcome& outcome) const {
    const std::string end = outcome.signal != 0 ? fmt::format("stopped by signal {}", outcome.signal) : "failed";
    const std::string after = " after " + to_text(outcome.elapsed);
    switch (outcome.state) {
        case ActionState::done: return nothing_to_do_ ? "nothing to do" : "done in " + to_text(outcome.elapsed);
        case ActionState::refused: return "refused, nothing was changed";
        case ActionState::undone: return end + after + ", what it had done is undone";
        case ActionState::left_behind: return end + after + ", and something is left of what it did";
        case ActionState::running:
        case ActionState::failed:
        case ActionState::interrupted: break;
    }
    return end + after;
}

void EventWatcher::ended(const Outcome& outcome) {
    const Event::Kind kind = outcome.state == ActionState::done ? Event::Kind::success : Event::Kind::failure;
    event({kind, "", action_, end_in_words(outcome)});
    for (const std::string& left : outcome.left) event({Event::Kind::failure, "", action_, "left: " + left});
}

}  // namespace svcmgr
