#pragma once

#include <string>

#include <tl/expected.hpp>

#include "drivers/error.h"
#include "drivers/process/processes.h"
#include "drivers/signals.h"

namespace svcmgr::tools {

/// Why a tool's output can't be used: it is missing, failed, did not end in time, or printed more than anybody reads. The reason names the
/// command.
struct Unanswered {
    Error::Code code = Error::Code::unreachable;
    std::string reason;
};
using Answer = tl::expected<std::string, Unanswered>;

/// A command as a person would type it, for messages: words are quoted only where they need it.
std::string typed(const Argv& argv);

/// What a command printed, when it ended with 0 and printed no more than was read.
Answer answer_of(const Argv& argv, CommandResult result, const Signals& signals);

/// Runs a command that looks. Never throws.
Answer ask(Processes& processes, const Signals& signals, const Argv& argv, Deadline deadline, const CommandLimits& limits = {});

/// Runs a command that changes something. Throws Error, with the command in its message, when it did not end with 0; `where` and `hint` are
/// the error's.
void tell(Processes& processes, const Signals& signals, const Argv& argv, Deadline deadline, const std::string& where,
          const std::string& hint);

}  // namespace svcmgr::tools
