#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/scenario/scenario.h"

namespace svcmgr::sim {

using Arguments = std::vector<std::string>;

/// A line that a scenario may have. In its pattern a word in capitals stands for an argument, a final "..." for all that follow.
template <typename Owner>
struct Phrase {
    std::string_view pattern;
    void (*play)(Owner&, const Arguments&, const Line&);
};

/// The arguments of a line that is said as the pattern says.
std::optional<Arguments> match(std::string_view pattern, const std::vector<std::string>& words);

template <typename Owner>
bool is_phrase(std::span<const Phrase<Owner>> phrases, const Line& line) {
    return std::ranges::any_of(phrases, [&](const auto& phrase) { return match(phrase.pattern, line.words).has_value(); });
}

/// Plays the phrase that a line is; false when it is none of them.
template <typename Owner>
bool play_phrase(Owner& owner, std::span<const Phrase<Owner>> phrases, const Line& line) {
    for (const auto& phrase : phrases) {
        if (const auto arguments = match(phrase.pattern, line.words)) {
            phrase.play(owner, *arguments, line);
            return true;
        }
    }
    return false;
}

}  // namespace svcmgr::sim
