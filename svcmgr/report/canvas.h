#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace svcmgr {

/// A text that is drawn again and again in the same place of a terminal. Nothing of the terminal is set: no raw mode, no hidden cursor, no
/// other screen, so that a kill leaves nothing to repair. What stood there before scrolls away and can be scrolled back to.
class Canvas {
public:
    /// The stream outlives the screen.
    explicit Canvas(std::ostream& out) : out_(out) {}

    /// At most `rows` - 1 lines, without line ends and each narrower than `columns`; what goes beyond is left out. Does nothing when all is
    /// there already.
    void draw(const std::vector<std::string>& lines, int columns, int rows);
    /// The cursor stands at the begin of an empty line below what was drawn.
    void leave();

private:
    std::ostream& out_;
    std::vector<std::string> drawn_;
    int columns_ = 0;
    int rows_ = 0;
};

}  // namespace svcmgr
