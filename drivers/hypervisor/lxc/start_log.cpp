#include "drivers/hypervisor/lxc/start_log.h"

#include <algorithm>
#include <cctype>

#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::lxc {

namespace {

constexpr std::size_t longest = 400;

std::string printable(std::string_view text) {
    std::string result(text.substr(0, longest));
    std::replace_if(
        result.begin(), result.end(), [](unsigned char letter) { return letter < 0x20 || letter == 0x7f; }, ' ');
    return result;
}

/// What comes after "FILE:FUNCTION:LINE - ".
std::string_view message_of_log_line(std::string_view line) {
    const auto level = line.find(" ERROR ");
    if (level == std::string_view::npos) return {};
    const auto place = line.find(" - ", level);
    if (place == std::string_view::npos) return trimmed(line.substr(level + 7));
    const auto message = line.find(" - ", place + 3);
    auto said = trimmed(line.substr((message == std::string_view::npos ? place : message) + 3));
    constexpr std::string_view no_errno = "Success - ";
    if (said.starts_with(no_errno)) said.remove_prefix(no_errno.size());
    return said;
}

/// What comes after "lxc-start: NAME: FILE: FUNCTION: LINE "; other lines as they are.
std::string_view message_of_err_line(std::string_view line) {
    constexpr std::string_view tool = "lxc-start: ";
    if (!line.starts_with(tool)) return trimmed(line);
    const auto source = line.find(".c: ");
    if (source == std::string_view::npos) return trimmed(line.substr(tool.size()));
    auto rest = line.substr(source + 4);
    rest.remove_prefix(std::min(rest.size(), rest.find(": ") == std::string_view::npos ? 0 : rest.find(": ") + 2));
    while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
    return trimmed(rest);
}

template <typename Message>
std::string first_message(std::string_view text, Message message) {
    for (const auto& line : split_filled(text, '\n'))
        if (const auto said = message(line); !said.empty()) return printable(said);
    return {};
}

}  // namespace

std::string reason_of_failure(std::string_view log, std::string_view err) {
    auto reason = first_message(log, message_of_log_line);
    return reason.empty() ? first_message(err, message_of_err_line) : reason;
}

}  // namespace svcmgr::lxc
