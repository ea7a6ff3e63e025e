#include "svcmgr/compose/variables.h"

#include <cctype>

namespace svcmgr::compose {

namespace {

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string_view name_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && is_name(text[end])) ++end;
    return text.substr(at, end - at);
}

}  // namespace

std::string with_variables(std::string_view text, const std::map<std::string, std::string>& values,
                           const std::function<void(const std::string& name)>& missing) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (text[at] != '$' || (next != '$' && next != '{' && !is_name(next)) || std::isdigit(static_cast<unsigned char>(next)) != 0) {
            result += text[at];
            continue;
        }
        if (next == '$') {
            result += '$';
            ++at;
            continue;
        }
        const bool in_braces = next == '{';
        const std::string name(name_at(text, at + (in_braces ? 2 : 1)));
        std::size_t end = at + (in_braces ? 2 : 1) + name.size();
        std::string_view rest;
        if (in_braces) {
            const auto close = text.find('}', end);
            if (name.empty() || close == std::string_view::npos) {
                result += text[at];
                continue;
            }
            rest = text.substr(end, close - end);
            end = close + 1;
        }
        const auto value = values.find(name);
        const bool empty_counts_not = rest.starts_with(':');
        if (empty_counts_not) rest.remove_prefix(1);
        if (value != values.end() && !(empty_counts_not && value->second.empty()))
            result += value->second;
        else if (rest.starts_with('-'))
            result += rest.substr(1);
        else
            missing(name);
        at = end - 1;
    }
    return result;
}

}  // namespace svcmgr::compose
