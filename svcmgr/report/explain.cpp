#include "svcmgr/report/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/report/json.h"
#include "svcmgr/report/plan_report.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

constexpr std::size_t narrowest = 60;

/// One resource and why it is in its state.
struct Reason {
    const Resource* resource;
    const ResourceObservation* seen;
    std::vector<std::string> texts;
};

std::vector<Reason> reasons_of(const ServiceView& view) {
    std::vector<Reason> reasons;
    for (const auto& resource : view.service.resources()) {
        const auto found = view.observation.resources.find(resource->rid());
        if (found == view.observation.resources.end()) continue;
        Reason reason{resource.get(), &found->second, {}};
        for (const LogLine& line : found->second.log) reason.texts.push_back(line.message);
        const std::string& detail = found->second.detail;
        if (!detail.empty() && std::ranges::none_of(reason.texts, [&](const std::string& text) { return text.ends_with(detail); }))
            reason.texts.insert(reason.texts.begin(), resource->label() + " is " + detail);
        if (!found->second.unready.empty()) reason.texts.push_back("not ready: " + found->second.unready);
        reasons.push_back(std::move(reason));
    }
    return reasons;
}

bool needs_words(const Reason& reason) {
    if (reason.seen->status != Status::up && reason.seen->status != Status::not_applicable) return true;
    return !reason.seen->unready.empty() ||
           std::ranges::any_of(reason.seen->log, [](const LogLine& line) { return line.level != LogLine::Level::info; });
}

/// "can be done now", "would be refused: …".
std::string verdict(const Explanation& explanation) {
    const std::string& action = explanation.plan.action;
    if (!explanation.obstacles.empty()) {
        const Error& first = explanation.obstacles.front();
        if (first.code() == Error::Code::locked) return fmt::format("{} has to wait: {}", action, first.message());
        return fmt::format("{} would be refused: {}", action, first.message());
    }
    if (!explanation.plan.changes_something()) return fmt::format("{} has nothing to do", action);
    return fmt::format("{} can be done now", action);
}

bool refused_as_frozen(const Plan& plan) {
    return std::ranges::any_of(plan.steps, [](const Step& step) { return step.verb == "check frozen" && step.refusal; });
}

/// What is true of the service beside its resources, as far as no obstacle says it.
std::vector<std::string> circumstances(const Explanation& explanation) {
    std::vector<std::string> texts;
    const Observation& observation = explanation.view.observation;
    if (observation.interrupted) {
        const Interrupted& interrupted = *observation.interrupted;
        texts.push_back(fmt::format("{} of {} was interrupted {}", interrupted.action, to_iso8601(interrupted.since),
                                    interrupted.step.empty() ? "before its first step" : "at " + interrupted.step));
        texts.push_back(fmt::format("both ways on: svcmgr -s {} recover", explanation.view.service.name()));
    }
    if (!refused_as_frozen(explanation.plan)) {
        if (observation.frozen) texts.push_back(fmt::format("it is frozen on {} {}", explanation.node, observation.frozen_note));
        if (observation.node_frozen) texts.push_back(fmt::format("the node {} is frozen {}", explanation.node, observation.frozen_note));
    }
    if (!observation.journal_problem.empty())
        texts.push_back("whether an action was interrupted is not known: " + observation.journal_problem);
    return texts;
}

class Words {
public:
    Words(const Explanation& explanation, const Style& style)
        : explanation_(explanation), style_(style), width_(std::max(static_cast<std::size_t>(std::max(style.width, 0)), narrowest)) {}

    std::string say() {
        const ServiceView& view = explanation_.view;
        paragraph(0, fmt::format("{} is {} on {}; {}", view.service.name(), to_string(view.summary.overall), explanation_.node,
                                 verdict(explanation_)));
        if (!explanation_.obstacles.empty()) advice(explanation_.obstacles.front());
        for (const std::string& text : circumstances(explanation_)) paragraph(2, text);
        other_obstacles();
        resources();
        text_ += fmt::format("\n{}", plan_text(explanation_.plan, style_));
        return std::move(text_);
    }

private:
    /// Wrapped, later lines two blanks further in.
    void paragraph(std::size_t indent, const std::string& text) {
        bool first = true;
        for (const std::string& line : wrapped(shown(text, style_), width_ - indent - 2)) {
            text_ += std::string(first ? indent : indent + 2, ' ') + line + "\n";
            first = false;
        }
    }

    void advice(const Error& error) {
        if (!error.hint().empty()) paragraph(2, "what to do: " + error.hint());
        if (!error.where().empty() && error.where() != explanation_.view.service.name()) paragraph(2, "where: " + error.where());
    }

    void other_obstacles() {
        std::vector<std::string> told;
        for (const Error& error : explanation_.obstacles) {
            if (std::ranges::find(told, error.message()) != told.end()) continue;  // a guest and its address say the same
            if (told.size() == 1) text_ += "\nwhat would stop it next\n";
            if (!told.empty()) {
                paragraph(2, error.message());
                if (!error.hint().empty()) paragraph(4, error.hint());
            }
            told.push_back(error.message());
        }
    }

    void resources() {
        text_ += fmt::format("\nwhy it is {}\n", to_string(explanation_.view.summary.overall));
        std::string others;
        for (const Reason& reason : reasons_of(explanation_.view)) {
            const std::string& rid = reason.resource->rid().text();
            if (needs_words(reason))
                resource(reason);
            else
                others += fmt::format("{}{} {}", others.empty() ? "" : ", ", rid, to_string(reason.seen->status));
        }
        if (!others.empty()) paragraph(2, others);
    }

    void resource(const Reason& reason) {
        std::string text = fmt::format("{} {}", reason.resource->rid().text(), to_string(reason.seen->status));
        for (std::size_t i = 0; i < reason.texts.size(); ++i) text += (i == 0 ? ": " : "; ") + reason.texts[i];
        paragraph(2, text);
    }

    const Explanation& explanation_;
    const Style& style_;
    std::size_t width_;
    std::string text_;
};

void write_resources(JsonWriter& json, const ServiceView& view) {
    json.key("resources").begin_array();
    for (const Reason& reason : reasons_of(view)) {
        json.begin_object();
        json.key("rid").text(reason.resource->rid().text());
        json.key("status").text(to_string(reason.seen->status));
        json.key("reasons").texts(reason.texts);
        json.end_object();
    }
    json.end_array();
}

}  // namespace

std::string explanation_text(const Explanation& explanation, const Style& style) {
    return Words(explanation, style).say();
}

std::string explanation_json(const Explanation& explanation, int exit_code) {
    const ServiceView& view = explanation.view;
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.explain/1");
    json.key("service").text(view.service.name());
    json.key("node").text(explanation.node);
    json.key("observed").time(view.observation.observed);
    json.key("overall").text(to_string(view.summary.overall));
    json.key("avail").text(to_string(view.summary.avail));
    json.key("action").text(explanation.plan.action);
    json.key("answer").text(verdict(explanation));
    json.key("exit_code").integer(exit_code);
    json.key("obstacles").begin_array();
    for (const Error& error : explanation.obstacles) write_error(json, error);
    json.end_array();
    json.key("lock_holder");
    write_text_or_null(json, explanation.view.observation.acting.value_or(""));
    json.key("interrupted");
    write_interrupted(json, view.observation.interrupted);
    json.key("journal_problem");
    write_text_or_null(json, view.observation.journal_problem);
    json.key("frozen").boolean(view.observation.frozen);
    json.key("node_frozen").boolean(view.observation.node_frozen);
    write_resources(json, view);
    write_plan_members(json, explanation.plan);
    json.end_object();
    return json.document();
}

}  // namespace svcmgr
