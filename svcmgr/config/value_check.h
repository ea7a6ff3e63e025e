#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "drivers/options.h"

namespace svcmgr {

/// What is wrong with a value.
struct ValueProblem {
    std::string message;     ///< one sentence
    std::string suggestion;  ///< the nearest allowed word; may be empty
};

/// Compares a value with what its keyword allows. One that is allowed gets the spelling of the keyword's candidates, and node names become
/// lower case; a wrong one stays as it is.
std::optional<ValueProblem> check_value(const Keyword& keyword, std::string& text);

/// "true or false", "a whole number", "a size, like 10g" …: what a type wants, for messages and manuals.
std::string_view describe(Keyword::Type type) noexcept;

}  // namespace svcmgr
