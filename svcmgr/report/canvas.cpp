#include "svcmgr/report/canvas.h"

#include <algorithm>
#include <string_view>

#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

constexpr std::string_view home = "\x1b[H";
constexpr std::string_view erase_rest_of_line = "\x1b[K";
constexpr std::string_view erase_below = "\x1b[J";

}  // namespace

void Canvas::draw(const std::vector<std::string>& lines, int columns, int rows) {
    const bool resized = columns != columns_ || rows != rows_;
    if (lines == drawn_ && !resized) return;
    if (rows_ == 0) out_ << std::string(static_cast<std::size_t>(std::max(rows, 0)), '\n');
    out_ << home;
    // Lines that were broken when the window became narrower are nowhere that anybody could know.
    if (resized) out_ << erase_below;
    const auto room = static_cast<std::size_t>(std::max(rows - 1, 0));
    const auto width = static_cast<std::size_t>(std::max(columns, 1));
    for (std::size_t i = 0; i < std::min(lines.size(), room); ++i)
        out_ << shortened(lines[i], width - 1, {.letters = Style::Letters::ascii}) << erase_rest_of_line << "\r\n";
    out_ << erase_below << std::flush;
    drawn_ = lines;
    columns_ = columns;
    rows_ = rows;
}

/// Ctrl-C is echoed where the cursor is.
void Canvas::leave() {
    out_ << '\r' << erase_below << std::flush;
}

}  // namespace svcmgr
