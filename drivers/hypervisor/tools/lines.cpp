#include "drivers/hypervisor/tools/lines.h"

#include <fmt/format.h>

#include <charconv>

#include "drivers/options.h"
#include "drivers/process/first_line.h"

namespace svcmgr::tools {

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    int number = 0;
    for (std::string_view line : split(text, '\n')) {
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!trimmed(line).empty()) lines.push_back({number, line});
    }
    return lines;
}

std::string not_understood(const Line& line, std::string_view why) {
    return fmt::format("line {} is not understood ({}): {}", line.number, why, first_line(line.text));
}

std::optional<double> parse_decimal(std::string_view text) {
    const auto dot = text.find('.');
    const auto digits_only = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (!digits_only(text.substr(0, dot))) return std::nullopt;
    if (dot != std::string_view::npos && !digits_only(text.substr(dot + 1))) return std::nullopt;
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string_view BarFields::value(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::string_view() : found->second;
}

std::optional<BarFields> bar_fields(std::string_view line) {
    BarFields fields;
    const auto parts = split(line, '|');
    fields.kind = parts.front();
    if (parts.size() < 2 || fields.kind.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string_view::npos) return std::nullopt;
    for (std::size_t at = 1; at < parts.size(); ++at) {
        if (parts[at].empty()) continue;
        const auto equals = parts[at].find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        if (!fields.values.emplace(parts[at].substr(0, equals), parts[at].substr(equals + 1)).second) return std::nullopt;
    }
    return fields;
}

}  // namespace svcmgr::tools
