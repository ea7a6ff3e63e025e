#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "drivers/options.h"

namespace svcmgr {

/// A value that was compared with what its keyword allows.
struct CheckedValue {
    std::string text;        ///< with the spelling of candidates; node names in lower case
    std::string problem;     ///< one sentence; empty when the value is allowed
    std::string suggestion;  ///< the nearest allowed word
};

CheckedValue check_value(const Keyword& keyword, std::string_view text);

/// "true or false", "a whole number", "a size, like 10g" …: what a type wants, for messages and manuals.
std::string_view describe(Keyword::Type type) noexcept;

}  // namespace svcmgr
