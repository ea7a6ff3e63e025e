#pragma once

#include <string>

#include "drivers/process/processes.h"

namespace svcmgr {

/// Runs a program on this process's terminal, with its environment, stdin, stdout and stderr, and waits until it ends, however long that
/// takes: an editor. Meanwhile keys like Ctrl-C are for that program alone. Returns why it did not end well ("vi exited with 1"); empty
/// when it did.
std::string run_in_foreground(const Argv& argv);

}  // namespace svcmgr
