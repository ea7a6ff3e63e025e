#pragma once

#include <string>
#include <string_view>

namespace svcmgr {

/// SHA-256 as 64 hexadecimal digits: contents that differ have digests that differ, whoever made them.
std::string digest_of(std::string_view content);
/// Whether a text can be one.
bool is_digest(std::string_view text);

}  // namespace svcmgr
