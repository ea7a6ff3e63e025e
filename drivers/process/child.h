#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/descriptor.h"
#include "drivers/process/processes.h"

namespace svcmgr {

/// A program that was started in a process group of its own, with our ends of its stdout and stderr. Whoever has one reaps it (`reap`).
struct Child {
    int pid = 0;
    Descriptor ended;  ///< a pidfd: readable once the program has ended; closed when the system gave us none
    Descriptor out;    ///< both closed when it writes into a file
    Descriptor err;
};

/// Where programs are looked for.
inline constexpr std::string_view system_path = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Arguments or variables as exec and posix_spawn want them, with the null at their end. They refer to `texts`, and nobody writes to them.
std::vector<char*> pointers(const std::vector<std::string>& texts);

/// Descriptors that the program gets in the place of its own stdin and stdout; they stay ours.
struct Ends {
    int in = -1;   ///< -1: `input`
    int out = -1;  ///< -1: a pipe to us, or the file of the surroundings
};

/// The child, or why it could not be started, as a sentence. `environment` is all of it: that of `surroundings` is not added.
tl::expected<Child, std::string> start_child(const Argv& argv, const std::vector<std::string>& environment, std::string_view input,
                                             const Surroundings& surroundings = {}, const Ends& ends = {});

}  // namespace svcmgr
