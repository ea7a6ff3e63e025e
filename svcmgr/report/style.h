#pragma once

namespace svcmgr {

/// How text for people may look.
struct Style {
    enum class Colour { none, ansi } colour = Colour::none;
    enum class Letters { ascii, utf8 } letters = Letters::ascii;
    int width = 80;  ///< columns
};

}  // namespace svcmgr
