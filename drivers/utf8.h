#pragma once

#include <cstddef>
#include <string_view>

namespace svcmgr {

/// How many bytes the character at the front of `text` has; 0 when there is no valid UTF-8 there (RFC 3629).
std::size_t character_length(std::string_view text);

/// Whether one character could steer a terminal or make a line be read as another one: control characters, and marks that change the
/// direction of writing.
bool steers_terminal(std::string_view character);

}  // namespace svcmgr
