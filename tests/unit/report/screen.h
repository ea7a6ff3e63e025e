#pragma once

#include <string>
#include <vector>

namespace svcmgr {

/// What a terminal shows after some bytes: enough of one for `\r`, `\n`, "erase to the end of the line", "up", and colours (which it
/// drops). A line that is as wide as the terminal goes on in the next row, as on a real one. Anything else is an error that it remembers.
class Screen {
public:
    explicit Screen(std::size_t width) : width_(width) {}

    void print(const std::string& bytes);
    /// The rows, without blanks at their ends and without empty rows at the end.
    std::vector<std::string> rows() const;
    const std::string& complaint() const { return complaint_; }
    bool cursor_at_line_start() const { return column_ == 0; }

private:
    void put(char c);

    std::size_t width_;
    std::vector<std::string> rows_{""};
    std::size_t row_ = 0;
    std::size_t column_ = 0;
    std::string complaint_;
};

}  // namespace svcmgr
