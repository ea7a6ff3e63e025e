#pragma once

#include <map>
#include <string>
#include <vector>

#include "drivers/files/files.h"

namespace svcmgr {

/// A compose file (docker-compose's versions 1 to 3) as it is to become an env file.
struct ComposeSource {
    std::string text;
    Path file;       ///< for messages
    Path directory;  ///< which its relative paths start from
    std::string service;
    std::map<std::string, std::string> variables;  ///< for `${NAME}`
};

/// Something of a compose file that an env file can't say, or says otherwise.
struct ComposeLoss {
    int line = 0;
    std::string what;  ///< "web.build: …", one sentence without a full stop
};

struct ComposeResult {
    std::string env_text;
    std::vector<ComposeLoss> losses;  ///< in the order of the file
};

/// An env file as a person would have written it: a section for each service, in the order in which they depend on each other, else in that
/// of the file. Throws Error `invalid`, with line and column, for a text that is no compose file, and, with all names and their lines, for
/// variables that nobody has given a value.
ComposeResult convert_compose(const ComposeSource& source);

}  // namespace svcmgr
