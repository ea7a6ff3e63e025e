#pragma once

#include <string>

#include <tl/expected.hpp>

#include "drivers/process/processes.h"

namespace svcmgr {

/// What a forked child begins with: three descriptors above 2, which become its stdin, stdout and stderr.
struct ForkPlan {
    const char* program = nullptr;
    char* const* argv = nullptr;
    char* const* environment = nullptr;
    int in = -1;
    int out = -1;
    int err = -1;
};

/// Starts a program in surroundings that posix_spawn can't give it, in a process group of its own, with default signal actions and no other
/// descriptors. The process, or why it could not be started: every step up to the exec is known to have worked when there is one.
tl::expected<int, std::string> fork_program(const ForkPlan& plan, const Surroundings& surroundings);

}  // namespace svcmgr
