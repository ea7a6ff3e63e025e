#pragma once

#include <string>
#include <vector>

#include "drivers/files/files.h"
#include "drivers/host.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// What may be written in the place of a command line's last word, from the tables of commands, options and keywords and from this node's
/// env files. `words` are those behind the program's name; the last one, which may be empty, is the one to complete. A shell that cuts
/// words at '=' may pass the pieces; what follows the '=' is completed then.
///
/// An answer with a blank at its end is a whole word, one without may go on (a list of names). Only ":files": the names of files.
/// Nothing outside but the env files is looked at, and nothing is thrown: what can't be read has no words.
std::vector<std::string> complete(const Files& files, const Host& host, const Paths& paths, const std::vector<std::string>& words);

}  // namespace svcmgr
