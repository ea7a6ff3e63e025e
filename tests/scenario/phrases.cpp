#include "tests/scenario/phrases.h"

namespace svcmgr::sim {

namespace {

/// Takes the first word off the pattern.
std::string_view next_word(std::string_view& pattern) {
    const std::size_t end = std::min(pattern.find(' '), pattern.size());
    const std::string_view word = pattern.substr(0, end);
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
    return word;
}

bool is_argument(std::string_view word) {
    return std::ranges::all_of(word, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

}  // namespace

std::optional<Arguments> match(std::string_view pattern, const std::vector<std::string>& words) {
    Arguments arguments;
    for (auto word = words.begin();; ++word) {
        if (pattern.empty()) return word == words.end() ? std::optional(arguments) : std::nullopt;
        const std::string_view expected = next_word(pattern);
        if (expected == "...") {
            arguments.insert(arguments.end(), word, words.end());
            return arguments;
        }
        if (word == words.end()) return std::nullopt;
        if (is_argument(expected))
            arguments.push_back(*word);
        else if (*word != expected)
            return std::nullopt;
    }
}

}  // namespace svcmgr::sim
