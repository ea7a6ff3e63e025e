#include "svcmgr/config/lines.h"

namespace svcmgr {

namespace {
constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
}

Lines::Lines(std::string text) : text_(std::move(text)) {
    constexpr std::size_t usual_line = 12;
    std::size_t start = byte_order_mark().size();
    starts_.reserve(text_.size() / usual_line + 1);
    while (start < text_.size()) {
        starts_.push_back(start);
        const std::size_t end = text_.find('\n', start);
        if (end == std::string::npos) break;
        start = end + 1;
    }
}

std::string_view Lines::whole(std::size_t index) const {
    if (index >= count()) return {};
    const std::size_t end = index + 1 < count() ? starts_[index + 1] : text_.size();
    return std::string_view(text_).substr(starts_[index], end - starts_[index]);
}

std::string_view Lines::line(std::size_t index) const {
    std::string_view line = whole(index);
    if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::string_view Lines::byte_order_mark() const {
    return text_.compare(0, utf8_mark.size(), utf8_mark) == 0 ? utf8_mark : std::string_view();
}

std::string_view Lines::line_end() const {
    const std::string_view first = whole(0);
    return first.size() >= 2 && first.substr(first.size() - 2) == "\r\n" ? "\r\n" : "\n";
}

}  // namespace svcmgr
