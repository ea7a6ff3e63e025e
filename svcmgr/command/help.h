#pragma once

#include <string>

#include "svcmgr/command/command.h"

namespace svcmgr {

/// All actions, by section.
std::string help_text();
/// One action and its options.
std::string help_text(const Command& command);

}  // namespace svcmgr
