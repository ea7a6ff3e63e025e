#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drivers/clock.h"

namespace svcmgr {

/// A program and its arguments. Never a shell line.
using Argv = std::vector<std::string>;

struct CommandResult {
    int exit_code = -1;      ///< 0 to 255; -1 when it did not end by itself
    int signal = 0;          ///< the signal that ended it, 0 when none
    bool timed_out = false;  ///< the deadline passed; the whole process group was killed
    bool truncated = false;  ///< there was more output than the limit; the rest was thrown away
    std::string out;
    std::string err;
    std::string not_started;  ///< why the program could not be started at all; empty when it ran

    bool ok() const { return exit_code == 0 && not_started.empty() && !timed_out; }
    /// "exited with 3: first line of stderr", "killed by signal 9", "no answer within its deadline" …
    std::string describe() const;
};

struct CommandLimits {
    std::size_t output_bytes = 4 << 20;  ///< for stdout and stderr each
};

/// Whom a program runs as. Numbers only: who has a name looks them up first (getent), so that a hanging directory service hangs no svcmgr.
struct RunAs {
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::vector<std::uint32_t> groups;  ///< all of them; those of our own process are given up
};

/// One limit of setrlimit(2); hard and soft are set alike.
struct ResourceLimit {
    int resource = 0;  ///< RLIMIT_NOFILE …
    std::uint64_t value = 0;
};

/// What a program is given beside its arguments.
struct Surroundings {
    std::vector<std::string> environment;  ///< NAME=value each, beside PATH, HOME and LC_ALL; these win over them
    std::string directory;                 ///< where it begins; empty: where we are
    std::optional<RunAs> run_as;           ///< nobody else than we when empty
    std::optional<std::uint32_t> umask;
    std::vector<ResourceLimit> limits;
    /// A file that exists, which gets all that the program writes, instead of the result. For what leaves processes running: those that
    /// wrote to a pipe whose reader is gone would be killed by SIGPIPE. What they write is not bounded by us.
    std::string output = {};
    std::string input = {};  ///< what it reads from its stdin
};

struct ProcessInfo {
    int pid = 0;
    std::vector<std::string> argv;
};

/// Identifies a process for ever: a pid alone is used again.
struct ProcessId {
    std::string boot_id;
    int pid = 0;
    std::uint64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat

    bool operator==(const ProcessId&) const = default;
};

class Processes {
public:
    virtual ~Processes() = default;
    /// Runs a program to its end or to the deadline: in a process group of its own, stdin from `input`, with LC_ALL=C, PATH of the
    /// system, no descriptors but the three. Never throws; a program that is missing is a result. Ends early when a signal is pending.
    virtual CommandResult run(const Argv& argv, Deadline deadline, const CommandLimits& limits = {}, std::string_view input = {}) = 0;
    /// The same in other surroundings. What of them can't be had (a directory that is missing, say) is a program that was not started.
    virtual CommandResult run_in(const Surroundings& surroundings, const Argv& argv, Deadline deadline,
                                 const CommandLimits& limits = {}) = 0;
    /// All processes that can be seen, with their arguments.
    virtual std::vector<ProcessInfo> list() const = 0;
    virtual ProcessId self() const = 0;
    virtual bool alive(const ProcessId& process) const = 0;
};

}  // namespace svcmgr
