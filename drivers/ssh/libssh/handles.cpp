#include "drivers/ssh/libssh/handles.h"

namespace svcmgr {

std::string printable(std::string_view text) {
    constexpr std::size_t longest = 300;
    std::string result;
    for (char c : text.substr(0, longest)) result += c >= ' ' && c < 127 ? c : '?';
    if (text.size() > longest) result += "...";
    return result;
}

std::string last_error(ssh_session session) {
    const char* text = ssh_get_error(session);
    return text == nullptr || *text == '\0' ? "the connection was closed" : printable(text);
}

}  // namespace svcmgr
