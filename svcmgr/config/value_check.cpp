#include "svcmgr/config/value_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/config/finding.h"

namespace svcmgr {

namespace {

constexpr std::size_t most_quoted = 80;
constexpr std::size_t longest_name = 253;  // of a host, RFC 1035

std::string quoted(std::string_view text) {
    return fmt::format("'{}{}'", text.substr(0, most_quoted), text.size() > most_quoted ? "..." : "");
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A name that becomes part of paths and command lines: no '/', no leading '-' or '.'.
bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && is_alphanumeric(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_word(std::string_view text) {
    return !text.empty() && text.front() != '-' && text.find_first_of(" \t\n") == std::string_view::npos;
}

bool has_type(Keyword::Type type, std::string_view text) {
    switch (type) {
        case Keyword::Type::text:
        case Keyword::Type::list: return true;
        case Keyword::Type::name: return text.empty() || is_name(text);
        case Keyword::Type::word: return text.empty() || is_word(text);
        case Keyword::Type::boolean: return parse_boolean(text).has_value();
        case Keyword::Type::integer: return parse_integer(text).has_value();
        case Keyword::Type::size: return parse_size(text).has_value();
        case Keyword::Type::duration: return parse_duration(text).has_value();
        case Keyword::Type::minutes: return parse_duration(text, std::chrono::minutes(1)).has_value();
        case Keyword::Type::command: return split_command(text).has_value();
        case Keyword::Type::node_list: return std::ranges::all_of(words_in(text), is_name);
    }
    return false;
}

/// The candidate that `word` is, in the candidate's spelling; empty when it is none.
std::string_view find_candidate(const Keyword& keyword, std::string_view word) {
    const auto found = std::ranges::find_if(keyword.candidates, [word](std::string_view candidate) { return same_word(candidate, word); });
    return found == keyword.candidates.end() ? std::string_view() : *found;
}

ValueProblem no_candidate(const Keyword& keyword, std::string_view word) {
    return {fmt::format("'{}' can't be {}; it is one of: {}", keyword.name, quoted(word),
                        fmt::join(keyword.candidates.begin(), keyword.candidates.end(), ", ")),
            nearest_word(word, {keyword.candidates.begin(), keyword.candidates.end()})};
}

std::optional<ValueProblem> check_candidates(const Keyword& keyword, std::string& text) {
    const bool is_list = keyword.type == Keyword::Type::list;
    const auto words = is_list ? words_in(text) : std::vector<std::string_view>{text};
    std::string spelled;
    for (const std::string_view word : words) {
        const std::string_view candidate = find_candidate(keyword, word);
        if (candidate.empty()) return no_candidate(keyword, word);
        if (!spelled.empty()) spelled += ' ';
        spelled += candidate;
    }
    text = std::move(spelled);
    return std::nullopt;
}

ValueProblem wrong_type(const Keyword& keyword, std::string_view text) {
    ValueProblem problem;
    problem.message = text.empty() ? fmt::format("'{}' has no value; it wants {}", keyword.name, describe(keyword.type))
                                   : fmt::format("'{}' wants {}, not {}", keyword.name, describe(keyword.type), quoted(text));
    if (keyword.type == Keyword::Type::boolean) problem.suggestion = nearest_word(text, {"true", "false", "yes", "no"});
    return problem;
}

}  // namespace

std::optional<ValueProblem> check_value(const Keyword& keyword, std::string& text) {
    if (!has_type(keyword.type, text)) return wrong_type(keyword, text);
    if (keyword.type == Keyword::Type::node_list) text = lower_case(text);
    return keyword.candidates.empty() ? std::nullopt : check_candidates(keyword, text);
}

std::string_view describe(Keyword::Type type) noexcept {
    switch (type) {
        case Keyword::Type::text: return "text";
        case Keyword::Type::name: return "a name: letters, digits, '.', '_' and '-', with a letter or digit first";
        case Keyword::Type::word: return "one word that does not begin with '-'";
        case Keyword::Type::boolean: return "true or false";
        case Keyword::Type::integer: return "a whole number";
        case Keyword::Type::size: return "a size, like 512m or 10g (a bare number is MiB)";
        case Keyword::Type::duration: return "a time, like 90s, 5m or 1h30m (a bare number is seconds)";
        case Keyword::Type::minutes: return "a time, like 5m, 2h or 1d (a bare number is minutes)";
        case Keyword::Type::list: return "words, with blanks between them";
        case Keyword::Type::node_list: return "node names, with blanks between them";
        case Keyword::Type::command: return "a command line with its quotes closed";
    }
    return "";
}

}  // namespace svcmgr
