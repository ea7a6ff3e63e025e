#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace svcmgr::tools {

/// A line of a tool's output, without its end.
struct Line {
    int number = 0;  ///< from 1
    std::string_view text;
};

/// The lines that are not blank. They refer into `text`.
std::vector<Line> lines_of(std::string_view text);

/// "line 3 is not understood (its state is no state): -:z1:wondering:…", with nothing in it that a terminal would obey.
std::string not_understood(const Line& line, std::string_view why);

/// Digits, and perhaps a dot and more digits: "1.5". Nothing for what else a library would take for a number ("nan", "1e9", "-1").
std::optional<double> parse_decimal(std::string_view text);

/// The fields `key=value` between bars, as `ldm -p` prints them: DOMAIN|name=vm1|state=active. The first field is their kind, in
/// capitals, or "" for a line that goes on with the one before. Nothing when a field has no `=`, or when a key is there twice.
struct BarFields {
    std::string_view kind;
    std::map<std::string_view, std::string_view> values;

    std::string_view value(std::string_view key) const;  ///< "" when it is not there
};
std::optional<BarFields> bar_fields(std::string_view line);

}  // namespace svcmgr::tools
