#pragma once

#include <optional>
#include <string_view>

#include "drivers/files/files.h"
#include "drivers/host.h"
#include "drivers/process/pipes.h"
#include "drivers/process/processes.h"
#include "drivers/real_signals.h"

namespace svcmgr {

/// Programs of this machine. Usable from several threads at once.
///
/// `run`: the environment is PATH, HOME and LC_ALL=C and nothing else; a program without a slash is looked for in that PATH. All signals
/// have their default actions and none is blocked. Without `input`, stdin is /dev/null.
///
/// It ends when the program itself ends, with all that the program wrote until then. A process that it leaves behind (a daemon that a
/// trigger starts) keeps running and is not waited for, even where it holds stdout open.
///
/// At the deadline, or when a signal is pending, the process group gets SIGTERM, and half a second later (or once the program has ended)
/// SIGKILL. A program that even SIGKILL does not end (it hangs in the kernel) is given up after another half second. After a signal,
/// `signal` of the result is the number of the signal that we received. Nothing is started once the deadline passed or a signal is pending.
///
/// `list` leaves out processes without arguments (threads of the kernel). A zombie is not `alive`.
class RealProcesses : public Processes, public PipesPrograms {
public:
    /// The parts outlive the object.
    RealProcesses(const RealSignals& signals, const Host& host, const Files& files) : signals_(signals), host_(host), files_(files) {}

    CommandResult run(const Argv& argv, Deadline deadline, const CommandLimits& limits = {}, std::string_view input = {}) override;
    CommandResult run_in(const Surroundings& surroundings, const Argv& argv, Deadline deadline, const CommandLimits& limits = {}) override;
    PipeResult pipe(const Argv& from, const Argv& to, Deadline deadline) override;
    std::vector<ProcessInfo> list() const override;
    ProcessId self() const override;
    bool alive(const ProcessId& process) const override;

private:
    /// Why nothing is to be started now; nothing when it may be.
    std::optional<CommandResult> not_now(Deadline deadline) const;
    std::vector<std::string> environment(const std::vector<std::string>& additional) const;

    const RealSignals& signals_;
    const Host& host_;
    const Files& files_;
};

/// The start time in the text of /proc/PID/stat (proc(5), field 22); nothing for a zombie and for text that is something else.
std::optional<std::uint64_t> parse_start_ticks(std::string_view stat);

}  // namespace svcmgr
