#include "tests/scenario/phrases.h"

#include "drivers/options.h"

namespace svcmgr::sim {

std::optional<Arguments> match(std::string_view pattern, const std::vector<std::string>& words) {
    Arguments arguments;
    std::size_t i = 0;
    for (const std::string& expected : split_words(pattern)) {
        if (expected == "...") {
            arguments.insert(arguments.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
            return arguments;
        }
        if (i == words.size()) return std::nullopt;
        const bool is_argument = std::ranges::all_of(expected, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
        if (is_argument)
            arguments.push_back(words[i]);
        else if (words[i] != expected)
            return std::nullopt;
        ++i;
    }
    if (i != words.size()) return std::nullopt;
    return arguments;
}

}  // namespace svcmgr::sim
