#include "tests/conformance/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "drivers/options.h"

namespace svcmgr::conformance {

namespace {

constexpr std::string_view preface =
    "# Which driver passes which case\n"
    "\n"
    "The conformance kit (tests/conformance) runs the same cases on the driver of every technology. `pass`: with the real technology.\n"
    "`replayed`: its tools' answers are played from tests/conformance/transcripts, in the format of real outputs. `n/a`: the case makes "
    "no\n"
    "sense for the technology; the reasons are below. This file is written by `tests/conformance/run --update`, and compared by each run.\n"
    "\n";

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

const Result* find(const ResultTable& table, const std::string& technology, const std::string& name) {
    const auto column = table.by_technology.find(technology);
    if (column == table.by_technology.end()) return nullptr;
    const auto cell = column->second.find(name);
    return cell == column->second.end() ? nullptr : &cell->second;
}

void add(ResultTable& table, const std::string& technology, const std::string& name, Result result) {
    if (std::find(table.cases.begin(), table.cases.end(), name) == table.cases.end()) table.cases.push_back(name);
    table.by_technology[technology][name] = std::move(result);
}

std::string word_at(const ResultTable& table, const std::string& technology, const std::string& name) {
    const Result* result = find(table, technology, name);
    return result == nullptr ? "-" : result->word;
}

/// "technology: case: reason", and "technology: 3 cases: reason" where several have one; in the order of the table.
std::vector<std::string> reasons(const ResultTable& table, std::string_view word) {
    std::vector<std::string> lines;
    for (const auto& technology : table.technologies) {
        std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;
        for (const auto& name : table.cases) {
            const Result* result = find(table, technology, name);
            if (result == nullptr || result->word != word) continue;
            auto at = std::find_if(by_reason.begin(), by_reason.end(), [&](const auto& entry) { return entry.first == result->reason; });
            if (at == by_reason.end()) at = by_reason.insert(by_reason.end(), {result->reason, {}});
            at->second.push_back(name);
        }
        for (const auto& [reason, names] : by_reason) {
            std::string list;
            for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
            lines.push_back(fmt::format("{}: {}: {}", technology, list, reason));
        }
    }
    return lines;
}

/// The cells of a row `| a | b |`.
std::vector<std::string> cells(std::string_view row) {
    std::vector<std::string> cells;
    for (const auto& cell : split_filled(row, '|')) cells.emplace_back(trimmed(cell));
    return cells;
}

/// What the document knows beside what ran here: whole columns, and cells that had to be skipped.
ResultTable with_document(ResultTable table, const ResultTable& document) {
    for (auto& [technology, column] : table.by_technology)
        for (auto& [name, result] : column)
            if (const Result* known = find(document, technology, name); result.word == "skip" && known != nullptr) result = *known;
    return table;
}

}  // namespace

ResultTable read_results(const std::string& directory, const std::vector<std::string>& technologies) {
    ResultTable table;
    for (const auto& technology : technologies) {
        std::ifstream file(directory + "/" + technology);
        if (!file) continue;
        table.technologies.push_back(technology);
        for (std::string line; std::getline(file, line);) {
            const auto fields = split(line, '\t');
            if (fields.size() == 3) add(table, technology, std::string(fields[0]), {std::string(fields[1]), std::string(fields[2])});
        }
    }
    return table;
}

std::string to_text(const ResultTable& table) {
    std::size_t width = 4;
    for (const auto& name : table.cases) width = std::max(width, name.size());
    std::string text = fmt::format("{:<{}}", "case", width);
    for (const auto& technology : table.technologies) text += fmt::format("  {:<8}", technology);
    text += '\n';
    for (const auto& name : table.cases) {
        text += fmt::format("{:<{}}", name, width);
        for (const auto& technology : table.technologies) text += fmt::format("  {:<8}", word_at(table, technology, name));
        text += '\n';
    }
    for (const auto& line : reasons(table, "n/a")) text += "n/a: " + line + '\n';
    for (const auto& line : reasons(table, "skip")) text += "skipped: " + line + '\n';
    return text;
}

std::string to_markdown(const ResultTable& table) {
    std::string text(preface);
    text += "| case |";
    for (const auto& technology : table.technologies) text += fmt::format(" {} |", technology);
    text += "\n|---|";
    for (std::size_t column = 0; column < table.technologies.size(); ++column) text += "---|";
    text += '\n';
    for (const auto& name : table.cases) {
        text += fmt::format("| {} |", name);
        for (const auto& technology : table.technologies) text += fmt::format(" {} |", word_at(table, technology, name));
        text += '\n';
    }
    text += '\n';
    for (const auto& line : reasons(table, "n/a")) text += "- " + line + '\n';
    return text;
}

ResultTable from_markdown(const std::string& text) {
    ResultTable table;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("| case |")) {
            table.technologies = cells(line);
            table.technologies.erase(table.technologies.begin());
        } else if (line.starts_with("| ")) {
            const auto row = cells(line);
            for (std::size_t at = 1; at < row.size() && at <= table.technologies.size(); ++at)
                if (row[at] != "-") add(table, table.technologies[at - 1], row.front(), {row[at], {}});
        } else if (line.starts_with("- ")) {
            const auto technology_end = line.find(": ");
            const auto names_end = line.find(": ", technology_end + 2);
            if (names_end == std::string::npos) continue;
            auto& column = table.by_technology[line.substr(2, technology_end - 2)];
            for (const auto& name : split_filled(std::string_view(line).substr(technology_end + 2, names_end - technology_end - 2), ','))
                column[std::string(trimmed(name))].reason = line.substr(names_end + 2);
        }
    }
    return table;
}

bool same_as_document(const ResultTable& table, const std::string& path, AfterComparing after) {
    const std::string before = content_of(path);
    const std::string now = to_markdown(with_document(table, from_markdown(before)));
    if (now == before) return true;
    if (after == AfterComparing::leave) return false;
    std::ofstream(path) << now;
    return true;
}

}  // namespace svcmgr::conformance
