#include "drivers/secret_names.h"

#include <algorithm>
#include <optional>

#include "drivers/options.h"

namespace svcmgr {

namespace {

constexpr std::size_t longest_url = 4096;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name_byte(char c) {
    return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.';
}

bool is_quote(char c) {
    return c == '\'' || c == '"';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

/// Where a value that begins at `at` ends, as a shell sees it: at a blank that is neither quoted nor escaped. `quote` is the one that was
/// opened before its name, else '\0'; the one that closes it is none of the value.
std::size_t end_of_value(std::string_view text, std::size_t at, char quote) {
    const bool is_open = quote != '\0';
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\\' && quote != '\'') {
            ++at;
        } else if (quote == '\0') {
            if (is_blank(c)) return at;
            if (is_quote(c)) quote = c;
        } else if (c == quote) {
            quote = '\0';
            const char next = at + 1 < text.size() ? text[at + 1] : ' ';
            const bool goes_on = is_letter_or_digit(next) || is_quote(next) || next == '\\';
            if (is_open && !goes_on) return at;
        }
    }
    return text.size();
}

/// A part of a text that is not to be seen.
struct Hidden {
    std::size_t begin = 0, end = 0;
};

std::optional<Hidden> value_behind(std::string_view text, std::size_t equal) {
    std::size_t name = equal;
    while (name > 0 && is_name_byte(text[name - 1])) --name;
    if (name == equal || !sounds_secret(text.substr(name, equal - name))) return std::nullopt;
    const char before = name == 0 ? '\0' : text[name - 1];
    return Hidden{equal + 1, end_of_value(text, equal + 1, is_quote(before) ? before : '\0')};
}

/// "--password word". What begins with '-' is the next option.
std::optional<Hidden> value_of_option(std::string_view text, std::size_t dashes) {
    if (dashes > 0 && !is_blank(text[dashes - 1]) && !is_quote(text[dashes - 1])) return std::nullopt;
    std::size_t end = dashes;
    while (end < text.size() && is_name_byte(text[end])) ++end;
    std::size_t value = end;
    while (value < text.size() && (text[value] == ' ' || text[value] == '\t')) ++value;
    if (value == end || value == text.size() || text[value] == '-' || !sounds_secret(text.substr(dashes, end - dashes)))
        return std::nullopt;
    return Hidden{value, end_of_value(text, value, '\0')};
}

/// Of "://user:password@host". A password may have a '/', unless what is before it is a port.
std::optional<Hidden> password_of_url(std::string_view text, std::size_t at) {
    const std::size_t begin = at + 3;
    std::string_view rest = text.substr(begin, longest_url);
    rest = rest.substr(0, rest.find_first_of(" \t\n'\""));
    const auto colon = rest.find_first_of(":/@[");
    if (colon == std::string_view::npos || rest[colon] != ':') return std::nullopt;
    const std::size_t slash = std::min(rest.find_first_of("/?#", colon), rest.size());
    const std::string_view first = rest.substr(colon + 1, slash - colon - 1);
    const bool is_port = first.find_first_not_of("0123456789") == std::string_view::npos;
    auto sign = rest.substr(0, slash).rfind('@');
    if (sign == std::string_view::npos && !is_port) sign = rest.rfind('@');
    if (sign == std::string_view::npos || sign < colon) return std::nullopt;
    return Hidden{begin + colon + 1, begin + sign};
}

/// Whether there is anything before which a secret may stand. Most values have nothing like it, and each look at thousands of env files
/// asks.
bool may_hide(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return c == '=' || c == '-' || c == ':'; });
}

std::string hide_words(std::string_view text) {
    if (!may_hide(text)) return std::string(text);
    std::string result;
    std::size_t shown = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::optional<Hidden> hidden;
        if (text[at] == '=') hidden = value_behind(text, at);
        if (text[at] == '-' && text.substr(at).starts_with("--")) hidden = value_of_option(text, at);
        if (text[at] == ':' && text.substr(at).starts_with("://")) hidden = password_of_url(text, at);
        if (!hidden || hidden->begin >= hidden->end) continue;
        result += text.substr(shown, hidden->begin - shown);
        result += secret_mark;
        shown = hidden->end;
        at = shown - 1;
    }
    result += text.substr(shown);
    return result;
}

bool is_section(std::string_view line, std::string_view name) {
    const auto inner = trimmed(line);
    return inner.size() == name.size() + 2 && inner.front() == '[' && same_word(inner.substr(1, name.size()), name);
}

}  // namespace

bool sounds_secret(std::string_view name) {
    const std::string lower = lower_case(name);
    for (const char* part : {"password", "passwd", "passphrase", "secret", "token", "key", "credential"})
        if (lower.find(part) != std::string::npos) return true;
    std::size_t words = 0;
    bool is_pass = false, is_pwd = false;
    for (std::size_t at = 0; at < lower.size();) {
        while (at < lower.size() && !is_letter_or_digit(lower[at])) ++at;
        const std::size_t begin = at;
        while (at < lower.size() && is_letter_or_digit(lower[at])) ++at;
        const std::string_view word = std::string_view(lower).substr(begin, at - begin);
        words += word.empty() ? 0 : 1;
        is_pass = is_pass || word == "pass";
        is_pwd = is_pwd || word == "pwd";
    }
    return is_pass || (is_pwd && words > 1);
}

std::string without_secrets(std::string_view section, std::string_view keyword, std::string_view value) {
    const std::string_view name = keyword.substr(0, keyword.find('@'));
    if (section == "env" && sounds_secret(name) && !value.empty()) return std::string(secret_mark);
    constexpr std::string_view names_of_secrets = "secrets";
    if (same_word(name, names_of_secrets)) return std::string(value);
    return hide_words(value);
}

bool holds_secret(std::string_view section, std::string_view keyword, std::string_view value) {
    return (section == "env" || may_hide(value)) && without_secrets(section, keyword, value) != value;
}

std::string without_secrets(std::string_view env_file) {
    std::string result;
    std::string section;
    bool is_secret = false;  // of the keyword whose lines go on
    while (!env_file.empty()) {
        const std::size_t end = std::min(env_file.find('\n'), env_file.size());
        const std::string_view line = env_file.substr(0, end);
        const std::string_view inner = trimmed(line);
        const auto equal = line.find_first_of("=:");
        const bool is_url = line.substr(std::min(equal, line.size())).starts_with("://");
        const bool is_comment = inner.starts_with('#') || inner.starts_with(';');
        const bool goes_on = !line.empty() && (line.front() == ' ' || line.front() == '\t');
        if (inner.starts_with('[') && !goes_on) {
            section = is_section(line, "env") ? "env" : "other";
            result += line;
            is_secret = false;
        } else if (goes_on && is_secret && !is_comment && !inner.empty()) {
            result += secret_mark;
        } else if (is_comment || inner.empty() || equal == std::string_view::npos || is_url || (goes_on && section != "env")) {
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

std::string without_secrets(const std::vector<std::string>& argv) {
    std::string result;
    bool is_value = false;  // of an option that sounds secret
    bool is_script = false;
    for (const std::string& word : argv) {
        if (!result.empty()) result += ' ';
        const auto equal = word.find('=');
        const bool is_assignment =
            equal != std::string::npos && equal > 0 && std::ranges::all_of(word.substr(0, equal), [](char c) { return is_name_byte(c); });
        if (is_value && !word.starts_with('-'))
            result += secret_mark;
        else if (is_assignment && !is_script && sounds_secret(word.substr(0, equal)) && equal + 1 < word.size())
            result += word.substr(0, equal + 1) + std::string(secret_mark);
        else
            result += hide_words(word);
        is_script = word == "-c";
        is_value = word.starts_with("--") && equal == std::string::npos && sounds_secret(word);
    }
    return result;
}

bool holds_secrets(std::string_view env_file) {
    return without_secrets(env_file) != env_file;
}

}  // namespace svcmgr
