#pragma once

#include <string>
#include <string_view>

namespace svcmgr {

/// The first line of a foreign text that is not blank: at most 200 bytes of it, and without anything that a terminal would obey.
std::string first_line(std::string_view text);

}  // namespace svcmgr
