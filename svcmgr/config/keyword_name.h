#pragma once

#include <string>
#include <string_view>

namespace svcmgr {

/// A keyword as a command line names it: `container#1.type`, `nodes@drpnodes`, `DEFAULT.app`.
struct KeywordName {
    std::string section;  ///< "DEFAULT" when none is named
    std::string keyword;  ///< lower-cased, with its scope

    std::string text() const { return section + "." + keyword; }
};

/// The last '.' before a scope ends the section's name: a scope may be a node's full name. Throws Error `invalid` for what names nothing,
/// or can't be written in a file.
KeywordName parse_keyword_name(std::string_view text);

/// `container#1.type=kvm`
struct Assignment {
    KeywordName name;
    std::string value;
};

/// Splits at the first '='. Throws Error `invalid`, also when there is none.
Assignment parse_assignment(std::string_view text);

}  // namespace svcmgr
