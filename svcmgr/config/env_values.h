#pragma once

#include <map>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace svcmgr {

/// The values of a file of lines NAME=value, as --env-file has them: '#' begins a comment line, quotes around a whole value are not part of
/// it. A later line wins. The reason, with the number of the line and nothing of its value, when one is something else.
tl::expected<std::map<std::string, std::string>, std::string> read_env_values(std::string_view text);

}  // namespace svcmgr
