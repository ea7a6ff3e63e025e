#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace svcmgr {

/// Where a command prints, and what is at the other end.
struct Terminal {
    std::ostream& out;  ///< data
    std::ostream& err;  ///< progress, findings, errors
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool err_is_journal = false;  ///< the systemd journal reads `err`
    int width = 80;               ///< columns of the terminal
    bool utf8 = false;            ///< whether its locale can show more than ASCII
    bool no_color = false;        ///< NO_COLOR is set, or the terminal knows none
    bool dumb = false;            ///< the terminal knows no escape sequences: lines can't be drawn again
    /// How large the terminal of `out` is now; 0 where that is not known.
    struct Size {
        int columns = 0;
        int rows = 0;
        bool operator==(const Size&) const = default;
    };
    std::function<Size()> measure = [] { return Size(); };
    /// Everything that is on the standard input, at most a byte more than 1 MiB.
    std::function<std::string()> read_input = [] { return std::string(); };
    /// Lets the person edit a file and returns when the editor ended; why it did not end well, or empty.
    std::function<std::string(const std::string& file)> edit = [](const std::string&) { return "there is no terminal"; };
    /// Runs a program that reads and writes what this process would, to its end; why it did not end well, or empty.
    std::function<std::string(const std::vector<std::string>& argv)> hand_over = [](const std::vector<std::string>&) {
        return "there is nobody to talk to";
    };
    /// Asks the person at the terminal; false when there is none or the answer is not yes.
    std::function<bool(const std::string& question)> confirm = [](const std::string&) { return false; };

    /// Columns for text on `out` that people read: the terminal's, within what can be read well; 78 for what is no terminal.
    std::size_t text_width() const { return static_cast<std::size_t>(out_is_terminal ? std::clamp(width, 40, 100) : 78); }
};

}  // namespace svcmgr
