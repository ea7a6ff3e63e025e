#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "drivers/clock.h"
#include "drivers/error.h"

namespace svcmgr {

/// What a node says of a start that it may be asked for: `svcmgr.outlook/1`, the answer of `svcmgr peer could`.
struct Outlook {
    std::string config;            ///< mark_of() its env file
    Duration deadline{};           ///< how long the start may take there at most
    std::optional<Error> refusal;  ///< why it would not start it
};

std::string to_json(const Outlook& outlook);
/// Foreign bytes: anything else is a sentence that says what is wrong with it.
tl::expected<Outlook, std::string> parse_outlook(std::string_view text);

}  // namespace svcmgr
