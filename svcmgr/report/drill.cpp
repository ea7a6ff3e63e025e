#include "svcmgr/report/drill.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

using Result = DrillCheck::Result;

LogLine::Level level_of(Result result) {
    switch (result) {
        case Result::missing: return LogLine::Level::error;
        case Result::unknown: return LogLine::Level::warn;
        default: return LogLine::Level::info;
    }
}

std::string sentence_of(const DrillCheck& check) {
    std::string text = check.name == check_of_answer ? check.reason : fmt::format("{}: {}", check.name, check.reason);
    if (!check.hint.empty()) text += fmt::format("; {}", check.hint);
    return text;
}

/// What keeps a start away comes first.
std::vector<DrillCheck> not_fine(const NodeDrill& drill) {
    std::vector<DrillCheck> checks = drill.checks;
    std::erase_if(checks, [](const DrillCheck& check) { return check.result == Result::fine; });
    std::ranges::stable_sort(checks, std::greater(), &DrillCheck::result);
    return checks;
}

std::string line_of(const std::string& service, const std::string& node, const DrillCheck& check) {
    const std::string sentence = sentence_of(check);
    if (check.name != check_of_answer)
        return fmt::format("{} on {}: {}{}", service, node, check.result == Result::noted ? "worth knowing: " : "", sentence);
    return sentence.starts_with(node) ? sentence : fmt::format("{}: {}", node, sentence);
}

/// Why a node did not answer is said once, whatever number of services it has.
std::string remarks(const DrillDocument& document) {
    std::string text;
    std::set<std::string> said;
    for (const auto& [service, drill] : document.services)
        for (const auto& [node, one] : drill.nodes)
            for (const DrillCheck& check : not_fine(one))
                if (const std::string line = line_of(service, node, check); said.insert(line).second) text += printable(line) + "\n";
    return text;
}

}  // namespace

std::string drill_text(const DrillDocument& document, const std::vector<std::string>& nodes, const Style& style) {
    std::vector<std::string> headings{"service"};
    headings.insert(headings.end(), nodes.begin(), nodes.end());
    std::vector<std::vector<Cell>> rows;
    for (const auto& [service, drill] : document.services) {
        rows.push_back({service});
        for (const std::string& node : nodes) {
            const auto found = drill.nodes.find(node);
            rows.back().push_back(found == drill.nodes.end() ? Cell("") : Cell(cell_of(found->second), ink_of(found->second.answer())));
        }
    }
    return table(headings, rows, style) + remarks(document);
}

Duration age_of(const ServiceDrill& drill, WallTime now) {
    return std::max(Duration::zero(), Duration(now - drill.drilled));
}

std::string_view cell_of(const NodeDrill& drill) {
    switch (drill.answer()) {
        case NodeDrill::Answer::possible: return drill.runs ? "runs" : "yes";
        case NodeDrill::Answer::impossible: return "no";
        case NodeDrill::Answer::unknown: return "?";
    }
    return "?";
}

Ink ink_of(NodeDrill::Answer answer) {
    if (answer == NodeDrill::Answer::possible) return Ink::good;
    return answer == NodeDrill::Answer::impossible ? Ink::bad : Ink::doubtful;
}

std::vector<LogLine> remarks_of(const NodeDrill& drill) {
    std::vector<LogLine> lines;
    for (const DrillCheck& check : not_fine(drill)) lines.push_back({level_of(check.result), sentence_of(check)});
    return lines;
}

void write_drill(JsonWriter& json, const ServiceDrill& drill, WallTime now) {
    if (drill.nodes.empty()) {
        json.null();
        return;
    }
    json.begin_object();
    json.key("drilled").time(drill.drilled);
    json.key("age_seconds").duration(age_of(drill, now));
    json.key("nodes").begin_object();
    for (const auto& [node, said] : drill.nodes) {
        json.key(node).begin_object();
        json.key("answer").text(to_string(said.answer()));
        json.key("runs").boolean(said.runs);
        json.key("reasons").begin_array();
        for (const LogLine& line : remarks_of(said)) {
            json.begin_object();
            json.key("level").text(to_string(line.level));
            json.key("message").text(line.message);
            json.end_object();
        }
        json.end_array().end_object();
    }
    json.end_object().end_object();
}

}  // namespace svcmgr
