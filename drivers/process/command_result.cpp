#include <fmt/format.h>

#include <algorithm>

#include "drivers/process/first_line.h"
#include "drivers/process/processes.h"

namespace svcmgr {

namespace {

constexpr std::size_t longest_line = 200;

bool is_control(char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
}
bool is_continuation(char letter) {
    return (static_cast<unsigned char>(letter) & 0xc0) == 0x80;
}

}  // namespace

std::string first_line(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin);
    text = text.substr(0, text.find('\n'));
    while (!text.empty() && (text.back() == ' ' || is_control(text.back()))) text.remove_suffix(1);

    const bool cut = text.size() > longest_line;
    if (cut) {
        std::size_t length = longest_line;
        while (length > 0 && is_continuation(text[length])) --length;
        text = text.substr(0, length);
    }
    std::string line(text);
    std::replace_if(line.begin(), line.end(), is_control, ' ');
    return cut ? line + "…" : line;
}

std::string CommandResult::describe() const {
    if (!not_started.empty()) return not_started;
    if (timed_out) return "no answer within its deadline";
    if (signal != 0) return fmt::format("killed by signal {}", signal);
    const std::string line = exit_code == 0 ? std::string() : first_line(err);
    return line.empty() ? fmt::format("exited with {}", exit_code) : fmt::format("exited with {}: {}", exit_code, line);
}

}  // namespace svcmgr
