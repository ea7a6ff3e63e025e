#include "drivers/secret_names.h"

#include <algorithm>
#include <initializer_list>

#include "drivers/options.h"

namespace svcmgr {

namespace {

constexpr std::string_view stars = "***";

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Where a value that begins at `at` ends: at the quote that was opened before its name, else at a blank.
std::size_t end_of_value(std::string_view text, std::size_t at, char quote) {
    if (quote != '\0') return std::min(text.find(quote, at), text.size());
    if (at < text.size() && (text[at] == '\'' || text[at] == '"')) {
        const auto close = text.find(text[at], at + 1);
        return close == std::string_view::npos ? text.size() : close + 1;
    }
    return std::min(text.find_first_of(" \t\n", at), text.size());
}

std::string hide_words(std::string_view text) {
    std::string result;
    std::size_t begin = 0;
    for (auto equal = text.find('='); equal != std::string_view::npos; equal = text.find('=', equal + 1)) {
        std::size_t name = equal;
        while (name > begin && is_name_byte(text[name - 1])) --name;
        if (name == equal || !sounds_secret(text.substr(name, equal - name))) continue;
        const char before = name == 0 ? '\0' : text[name - 1];
        const std::size_t end = end_of_value(text, equal + 1, before == '\'' || before == '"' ? before : '\0');
        if (end == equal + 1) continue;
        result += text.substr(begin, equal + 1 - begin);
        result += stars;
        begin = end;
        equal = end - 1;
    }
    result += text.substr(begin);
    return result;
}

bool is_section(std::string_view line, std::string_view name) {
    const auto inner = trimmed(line);
    return inner.size() == name.size() + 2 && inner.front() == '[' && lower_case(inner.substr(1, name.size())) == name;
}

}  // namespace

bool sounds_secret(std::string_view name) {
    const std::string lower = lower_case(name);
    return std::ranges::any_of(std::initializer_list<const char*>{"password", "passwd", "secret", "token", "key"},
                               [&](const char* word) { return lower.find(word) != std::string::npos; });
}

std::string without_secrets(std::string_view section, std::string_view keyword, std::string_view value) {
    const std::string_view name = keyword.substr(0, keyword.find('@'));
    if (section == "env" && sounds_secret(name) && !value.empty()) return std::string(stars);
    if (lower_case(name) == "secrets") return std::string(value);
    return hide_words(value);
}

std::string without_secrets(std::string_view env_file) {
    std::string result;
    std::string section;
    bool is_secret = false;  // of the keyword whose lines go on
    while (!env_file.empty()) {
        const std::size_t end = std::min(env_file.find('\n'), env_file.size());
        const std::string_view line = env_file.substr(0, end);
        const std::string_view inner = trimmed(line);
        const auto equal = line.find('=');
        const bool is_comment = inner.starts_with('#') || inner.starts_with(';');
        const bool goes_on = !line.empty() && (line.front() == ' ' || line.front() == '\t');
        if (inner.starts_with('[') && !goes_on) {
            section = is_section(line, "env") ? "env" : "other";
            result += line;
            is_secret = false;
        } else if (goes_on && is_secret && !is_comment && !inner.empty()) {
            result += stars;
        } else if (is_comment || inner.empty() || equal == std::string_view::npos || (goes_on && section != "env")) {
            result += hide_words(line);
        } else {
            const std::string_view value = line.substr(equal + 1);
            const auto text = value.find_first_not_of(" \t");
            const std::string_view said = text == std::string_view::npos ? std::string_view() : value.substr(text);
            const std::string_view keyword = trimmed(line.substr(0, equal));
            is_secret = section == "env" && sounds_secret(keyword.substr(0, keyword.find('@')));
            result += line.substr(0, line.size() - said.size());
            result += without_secrets(section, keyword, said);
        }
        if (end < env_file.size()) result += '\n';
        env_file.remove_prefix(std::min(end + 1, env_file.size()));
    }
    return result;
}

}  // namespace svcmgr
