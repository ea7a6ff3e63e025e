#include "drivers/hypervisor/tools/tool.h"

#include <fmt/format.h>

#include "drivers/process/first_line.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr::tools {

namespace {

bool is_harmless(const std::string& word) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+";
    return !word.empty() && word.find_first_not_of(letters) == std::string::npos;
}

Error::Code code_of(const CommandResult& result, const Signals& signals) {
    if (signals.pending() != 0) return Error::Code::interrupted;
    if (!result.not_started.empty()) return Error::Code::unreachable;
    return result.timed_out ? Error::Code::timed_out : Error::Code::failed;
}

}  // namespace

std::string typed(const Argv& argv) {
    std::string line;
    for (const auto& word : argv) line += (line.empty() ? "" : " ") + (is_harmless(word) ? word : quote_for_shell({word}));
    return line;
}

Answer answer_of(const Argv& argv, CommandResult result, const Signals& signals) {
    if (!result.ok()) {
        const auto code = code_of(result, signals);
        // A tool that fails to look can't reach what it looks at.
        return tl::unexpected(Unanswered{code == Error::Code::failed ? Error::Code::unreachable : code,
                                         fmt::format("`{}`: {}", typed(argv), result.describe())});
    }
    if (result.truncated)
        return tl::unexpected(
            Unanswered{Error::Code::unreachable, fmt::format("`{}` printed more than {} KiB", typed(argv), result.out.size() / 1024)});
    return std::move(result.out);
}

Answer ask(Processes& processes, const Signals& signals, const Argv& argv, Deadline deadline, const CommandLimits& limits) {
    return answer_of(argv, processes.run(argv, deadline, limits), signals);
}

void tell(Processes& processes, const Signals& signals, const Argv& argv, Deadline deadline, const std::string& where,
          const std::string& hint) {
    const CommandResult result = processes.run(argv, deadline);
    if (result.ok()) return;
    std::string said = result.describe();
    // Some tools say on stdout what went wrong.
    if (result.err.empty() && result.exit_code > 0 && !result.out.empty()) said += fmt::format(": {}", first_line(result.out));
    throw Error(code_of(result, signals), fmt::format("`{}`: {}", typed(argv), said), where, hint);
}

}  // namespace svcmgr::tools
