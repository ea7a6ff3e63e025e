#include "svcmgr/config/scdoc.h"

namespace svcmgr {

std::string scdoc_plain(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (std::string_view("\\_*[]<>#~`").find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    // What begins a list, a table or a comment at the start of a line.
    if (!result.empty() && std::string_view("-.|;").find(result.front()) != std::string_view::npos) result.insert(result.begin(), '\\');
    return result;
}

std::string scdoc_prose(std::string_view text) {
    std::string result;
    for (bool bold = false; !text.empty(); bold = !bold) {
        const std::size_t end = text.find('`');
        const std::string part = scdoc_plain(text.substr(0, end));
        result += bold && !part.empty() ? "*" + part + "*" : part;
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return result;
}

}  // namespace svcmgr
