#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/options.h"

namespace svcmgr {

/// Something about a file that its owner should know. `svcmgr.findings/1` (design.md 11).
struct Finding {
    enum class Kind {
        syntax,  ///< a line that can't be read
        unknown_keyword,
        not_scopable,
        bad_value,
        bad_reference,
        missing_required,
        deprecated,
        unknown_driver,  ///< a section or type that names nothing that exists
        duplicate,       ///< said twice: a warning that names both lines
    };
    enum class Level { warning, error };

    Kind kind = Kind::syntax;
    Level level = Level::error;
    Place place;
    int length = 1;  ///< bytes that the caret underlines
    std::string section;
    std::string keyword;
    std::string message;      ///< one sentence, without a full stop
    std::string suggestion;   ///< the nearest word, when one is near; for a deprecated word, what to write instead
    std::string source_line;  ///< the line itself, as bytes

    bool operator==(const Finding&) const = default;
};

std::string_view to_string(Finding::Kind kind) noexcept;
std::string_view to_string(Finding::Level level) noexcept;

using Findings = std::vector<Finding>;
bool has_errors(const Findings& findings);

/// Its message with `***` in the place of secrets (drivers/secret_names.h), also where it quotes a part of one.
std::string message_without_secrets(const Finding& finding);

/// `file:line:column: error: message; did you mean 'x'?`, the line, and a caret under it, all of it without secrets. Bytes that could
/// steer a terminal are shown as '?', and of a long line only the part around the caret. Lines are separated by '\n'; there is none at the
/// end.
std::string to_text(const Finding& finding);

/// The nearest of `words` when it is near enough to be meant, else empty. Letters compare in any case.
std::string nearest_word(std::string_view word, const std::vector<std::string_view>& words);

}  // namespace svcmgr
