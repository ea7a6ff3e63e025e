#include "svcmgr/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

constexpr std::string_view between = "  ";

bool is_number(const std::string& text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

using Row = std::vector<Cell>;

/// Whether all cells of a column are numbers; an empty one does not count.
bool is_numeric(const std::vector<Row>& rows, std::size_t column) {
    bool found = false;
    for (const Row& row : rows) {
        if (column >= row.size() || row[column].text.empty()) continue;
        if (!is_number(row[column].text)) return false;
        found = true;
    }
    return found;
}

std::string line_of(const Row& row, const std::vector<std::size_t>& widths, const std::vector<bool>& numeric, const Style& style) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
        if (column > 0) line += between;
        const std::string cell = coloured(row[column].text, row[column].ink, style);
        if (numeric[column]) line.append(widths[column] - columns(cell), ' ');
        line += numeric[column] ? cell : padded(cell, widths[column]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace

std::string printable(const std::string& text) {
    std::string result;
    for (std::size_t place = 0; place < text.size();) {
        const std::string_view rest = std::string_view(text).substr(place);
        const std::size_t length = character_length(rest);
        const std::string_view character = rest.substr(0, std::max<std::size_t>(1, length));
        if (length == 0 || steers_terminal(character)) {
            for (const char c : character) result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            result += character;
        }
        place += character.size();
    }
    return result;
}

std::string table(const std::vector<std::string>& headings, const std::vector<std::vector<Cell>>& rows, const Style& style) {
    std::vector<Row> lines{Row(headings.begin(), headings.end())};
    for (const Row& row : rows) {
        Row& line = lines.emplace_back();
        for (const Cell& cell : row) line.emplace_back(printable(cell.text), cell.ink);
    }
    std::vector<std::size_t> widths;
    for (const Row& line : lines)
        for (std::size_t column = 0; column < line.size(); ++column) {
            if (column == widths.size()) widths.push_back(0);
            widths[column] = std::max(widths[column], columns(line[column].text));
        }
    std::vector<bool> numeric;
    for (std::size_t column = 0; column < widths.size(); ++column) numeric.push_back(is_numeric({lines.begin() + 1, lines.end()}, column));
    std::string text;
    for (const Row& line : lines) text += line_of(line, widths, numeric, style);
    return text;
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes == 0) return "?";
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    // 1023.96 KiB would be shown as 1024 KiB.
    while (unit + 1 < units.size() && value >= 1023.95) {
        value /= 1024;
        ++unit;
    }
    const std::string number = fmt::format("{:.1f}", value);
    return fmt::format("{} {}", number.ends_with(".0") ? number.substr(0, number.size() - 2) : number, units[unit]);
}

}  // namespace svcmgr
