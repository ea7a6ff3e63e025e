#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace svcmgr {

/// A text cut into lines, every byte kept. A byte order mark stands before the first line and belongs to none.
class Lines {
public:
    Lines() = default;
    explicit Lines(std::string text);

    const std::string& text() const { return text_; }
    std::size_t count() const { return starts_.size(); }
    /// Line `index` (0 is the first) without its end; "\n" and "\r\n" end a line.
    std::string_view line(std::size_t index) const;
    /// The same with its end.
    std::string_view whole(std::size_t index) const;
    /// What stands before the first line.
    std::string_view byte_order_mark() const;
    /// The line end that the file uses.
    std::string_view line_end() const;

private:
    std::string text_;
    std::vector<std::size_t> starts_;
};

}  // namespace svcmgr
