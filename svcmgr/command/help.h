#pragma once

#include <cstddef>
#include <string>

#include "svcmgr/command/command.h"

namespace svcmgr {

/// All actions, by section, in lines of at most `width` columns.
std::string help_text(std::size_t width);
/// One action and its options.
std::string help_text(const Command& command, std::size_t width);

/// "print plan ACTION": how a command is written.
std::string usage(const Command& command);

/// "up 0, down 1, …": the exit codes of `status`.
std::string status_numbers();

}  // namespace svcmgr
