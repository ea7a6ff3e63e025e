#pragma once

#include <string>
#include <string_view>

namespace svcmgr {

/// A manual page in the language of scdoc(5), from its frame: the text that only a person can write, with lines that consist of one of
/// `@ACTIONS@` `@OPTIONS@` `@EXIT_CODES@` (the tables of the command line), `@ENV_KEYWORDS@` and `@NODE_KEYWORDS@` (those of the files).
/// `@VERSION@` is replaced anywhere. Throws Error `invalid` for another word between two '@'.
std::string fill_manual(std::string_view frame);

}  // namespace svcmgr
