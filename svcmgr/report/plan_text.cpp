#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "svcmgr/report/plan_report.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

/// How long the whole plan usually takes: its longest chain. Nothing when one of the steps was never seen.
std::optional<Duration> usual_total(const Plan& plan) {
    std::map<int, Duration> end;
    Duration last{};
    for (const Step& step : plan.steps) {
        if (!step.guard() && !step.expected) return std::nullopt;
        Duration begin{};
        for (const int id : step.after) begin = std::max(begin, end[id]);
        end[step.id] = begin + step.expected.value_or(Duration::zero());
        last = std::max(last, end[step.id]);
    }
    return last;
}

std::string heading(const Plan& plan) {
    const auto steps = std::ranges::count_if(plan.steps, [](const Step& step) { return !step.guard(); });
    if (plan.refused() != nullptr) return "refused";
    if (steps == 0) return "nothing to do";
    std::string text = fmt::format("{} step{}", steps, steps == 1 ? "" : "s");
    if (const auto total = usual_total(plan)) text += fmt::format(", usually {}", to_text(*total));
    return text;
}

using Cells = std::vector<std::string>;

/// The ids of the steps that this one waits for; guards come before everything anyway.
std::string waits_for(const Plan& plan, const Step& step) {
    std::string text;
    for (const int id : step.after) {
        const auto before = std::ranges::find(plan.steps, id, &Step::id);
        if (before != plan.steps.end() && !before->guard()) text += fmt::format("{}{}", text.empty() ? "after " : ", ", id);
    }
    return text;
}

std::string times(const Step& step) {
    std::string text = "at most " + to_text(step.deadline);
    if (step.expected) text += ", usually " + to_text(*step.expected);
    return text;
}

std::string lines_of(const std::string& title, const std::vector<Cells>& rows) {
    if (rows.empty()) return "";
    std::vector<std::size_t> widths(rows.front().size());
    for (const Cells& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
    std::string text = "  " + title + "\n";
    for (const Cells& row : rows) {
        std::string line = "    ";
        for (std::size_t i = 0; i < row.size(); ++i)
            if (widths[i] > 0) line += padded(row[i], widths[i]) + "  ";
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

}  // namespace

std::string plan_text(const Plan& plan, const Style& style) {
    std::vector<Cells> guards, steps, left_alone;
    for (const Step& step : plan.steps) {
        const std::string id = fmt::format("{:>2}", step.id), rid = shown(step.rid.text(), style), verb = shown(step.verb, style);
        if (step.guard())
            guards.push_back(
                {id, rid, verb, step.refusal ? "refused" : "ok", shown(step.refusal ? step.refusal->message() : step.reason, style)});
        else
            steps.push_back({id, rid, verb, waits_for(plan, step), times(step), shown(step.reason, style)});
    }
    for (const LeftAlone& left : plan.left_alone) left_alone.push_back({shown(left.rid.text(), style), shown(left.reason, style)});
    return fmt::format("{} {}: {}\n", shown(plan.service, style), shown(plan.action, style), heading(plan)) + lines_of("guards", guards) +
           lines_of("steps", steps) + lines_of("left alone", left_alone);
}

}  // namespace svcmgr
