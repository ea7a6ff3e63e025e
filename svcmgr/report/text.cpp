#include "svcmgr/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

constexpr std::string_view colour_begin = "\033[";
constexpr char colour_end = 'm';

/// How long the sequence is that `text` begins with and that sets a colour; 0 when it begins with none.
std::size_t colour_length(std::string_view text) {
    return text.starts_with(colour_begin) ? std::min(text.find(colour_end), text.size() - 1) + 1 : 0;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::size_t columns(std::string_view text) {
    std::size_t taken = characters(text);
    for (std::size_t at = text.find(colour_begin); at != std::string_view::npos; at = text.find(colour_begin, at)) {
        const std::size_t length = colour_length(text.substr(at));
        taken -= characters(text.substr(at, length));
        at += length;
    }
    return taken;
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
    std::string result;
    std::size_t taken = 0;
    while (!text.empty()) {
        const std::size_t colour = colour_length(text);
        const std::size_t length = colour > 0 ? colour : std::max<std::size_t>(1, character_length(text));
        if (colour > 0 || taken < kept) result += text.substr(0, length);
        if (colour == 0 && taken++ == kept && room_for_end) result += end;
        text.remove_prefix(length);
    }
    return result;
}

std::string coloured(std::string_view text, Ink ink, const Style& style) {
    const char* start = "";
    switch (ink) {
        case Ink::plain: return std::string(text);
        case Ink::good: start = "32"; break;
        case Ink::bad: start = "31"; break;
        case Ink::doubtful: start = "33"; break;
        case Ink::calm: start = "94"; break;
    }
    if (style.colour == Style::Colour::none) return std::string(text);
    return fmt::format("{0}{1}{3}{2}{0}0{3}", colour_begin, start, text, colour_end);
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
