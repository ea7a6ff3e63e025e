#include "svcmgr/report/text.h"

#include <algorithm>
#include <utility>

#include "svcmgr/report/table.h"

namespace svcmgr {

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t width) {
    std::string result(text);
    const std::size_t taken = columns(text);
    if (taken < width) result.append(width - taken, ' ');
    return result;
}

namespace {

/// As most text is: nothing in it needs a look.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::string shown(std::string_view text, const Style& style) {
    std::string line(text);
    if (is_plain(text)) return line;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    std::ranges::replace_if(
        line, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    line = printable(line);
    if (style.letters == Style::Letters::utf8) return line;
    std::string plain;
    for (const char c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) plain += c;
        if (byte >= 0xc0) plain += '?';
    }
    return plain;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    std::string line;
    const bool blanks_to_drop = text.starts_with(' ') || text.ends_with(' ') || text.find("  ") != std::string_view::npos;
    if (columns(text) <= width && !blanks_to_drop) return {std::string(text)};
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        if (!line.empty() && columns(line) + 1 + columns(word) > width) lines.push_back(std::exchange(line, {}));
        if (!line.empty()) line += ' ';
        line += word;
    }
    lines.push_back(std::move(line));
    return lines;
}

std::string shortened(std::string_view text, std::size_t width, const Style& style) {
    if (columns(text) <= width) return std::string(text);
    const std::string_view end = style.letters == Style::Letters::utf8 ? "\xe2\x80\xa6" : "...";
    const bool room_for_end = width > columns(end);
    const std::size_t kept = room_for_end ? width - columns(end) : width;
    std::size_t place = 0;
    for (std::size_t taken = 0; taken < kept; ++taken) place += std::max<std::size_t>(1, character_length(text.substr(place)));
    std::string result(text.substr(0, place));
    if (room_for_end) result += end;
    return result;
}

std::string coloured(std::string_view text, Ink ink, const Style& style) {
    const char* start = "";
    switch (ink) {
        case Ink::plain: return std::string(text);
        case Ink::good: start = "\033[32m"; break;
        case Ink::bad: start = "\033[31m"; break;
        case Ink::doubtful: start = "\033[33m"; break;
        case Ink::calm: start = "\033[94m"; break;
    }
    if (style.colour == Style::Colour::none) return std::string(text);
    return std::string(start) + std::string(text) + "\033[0m";
}

std::string xml_escaped(std::string_view text) {
    std::string result;
    for (const char c : shown(text, {.letters = Style::Letters::utf8})) {
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            case '\'': result += "&#39;"; break;
            default: result += c;
        }
    }
    return result;
}

}  // namespace svcmgr
