#pragma once

#include <string>
#include <string_view>

namespace svcmgr {

/// Text in which scdoc(5) finds nothing to format.
std::string scdoc_plain(std::string_view text);

/// The same with `words` in bold, without their back quotes.
std::string scdoc_prose(std::string_view text);

}  // namespace svcmgr
