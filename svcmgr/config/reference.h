#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace svcmgr {

/// What `{…}` names. The parts are views of the text that was parsed.
struct Reference {
    std::string_view section;  ///< empty: DEFAULT, or one of the implicit names
    std::string_view keyword;
    bool count = false;                ///< `{#nodes}`: the number of words
    std::optional<std::size_t> index;  ///< `{nodes[0]}`: one word
};

/// Why something in a value can't be resolved, and where in it.
struct ExpansionProblem {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string message;
    std::string suggestion;
    bool already_reported = false;  ///< it comes from a value that has a finding of its own
};

struct LookUpProblem {
    std::string message;
    std::string suggestion;
    bool already_reported = false;
};
using LookUp = std::function<tl::expected<std::string, LookUpProblem>(const Reference&)>;

/// What is left as it is written instead of being a problem.
struct Leave {
    bool unresolved_references = false;
    bool other_parentheses = false;  ///< `$(…)` that is no arithmetic
};

struct Expansion {
    std::string text;
    std::vector<ExpansionProblem> problems;
};

/// Whether there is anything to expand.
bool has_references(std::string_view text);

/// What the braces' content names, or nothing when it is not shaped like a reference.
std::optional<Reference> parse_reference(std::string_view content);

/// `text` with its references looked up and its arithmetic calculated (contract.md 2.3).
Expansion expand(std::string_view text, Leave leave, const LookUp& look_up);

}  // namespace svcmgr
