#include "drivers/hypervisor/xen/words.h"

#include <algorithm>

#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::xen {

namespace {

constexpr std::size_t longest = 400;

/// Takes "FILE.c:LINE:" and "FUNCTION: " off the front, each where it is there.
std::string_view without_place(std::string_view text) {
    const auto source = text.find(".c:");
    if (source == std::string_view::npos || text.substr(0, source).find(' ') != std::string_view::npos) return text;
    text.remove_prefix(source + 3);
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    if (text.starts_with(':')) text.remove_prefix(1);
    const auto colon = text.find(": ");
    const auto name = text.substr(0, colon);
    // A function's name has no blanks in it.
    if (colon != std::string_view::npos && !name.empty() && name.front() != ' ' && name.find(' ') == std::string_view::npos)
        text.remove_prefix(colon + 2);
    return trimmed(text);
}

/// What xl says although nothing is wrong.
bool is_small_talk(std::string_view line) {
    if (line.starts_with("Parsing config from ") || line.starts_with("Shutting down domain ")) return true;
    // Of its own settings, which it can do without: "Failed to read config file: /etc/xen/xl.conf: No such file or directory".
    return line.starts_with("Failed to read config file: ") && line.find("/xl.conf:") != std::string_view::npos;
}

/// "Domain 9:Unable to …" names a domain that is gone by then.
std::string_view without_domain(std::string_view text) {
    constexpr std::string_view word = "Domain ";
    if (!text.starts_with(word)) return text;
    auto rest = text.substr(word.size());
    while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
    return rest.starts_with(':') ? trimmed(rest.substr(1)) : text;
}

}  // namespace

std::string reason_of_failure(std::string_view err) {
    for (const auto line : split(err, '\n')) {
        auto said = trimmed(line);
        if (said.empty() || is_small_talk(said)) continue;
        for (const std::string_view speaker : {"libxl: error: ", "xc: error: ", "xencall: error: ", "panic: "})
            if (said.starts_with(speaker)) said.remove_prefix(speaker.size());
        std::string reason(without_domain(without_place(said)).substr(0, longest));
        std::replace_if(
            reason.begin(), reason.end(), [](unsigned char letter) { return letter < 0x20 || letter == 0x7f; }, ' ');
        return reason;
    }
    return {};
}

bool knows_no_such_domain(std::string_view err) {
    return err.find("is an invalid domain identifier") != std::string_view::npos;
}

bool is_no_xen(std::string_view err) {
    return err.find("cannot init xl context") != std::string_view::npos ||
           err.find("Can't find hypervisor information in sysfs") != std::string_view::npos;
}

}  // namespace svcmgr::xen
