#include "tests/conformance/played_world.h"

#include <algorithm>

namespace svcmgr::conformance {

CommandResult PlayedProcesses::run(const Argv& argv, Deadline deadline, const CommandLimits& limits, std::string_view) {
    CommandResult result = player_.answer(argv, deadline, clock_);
    result.truncated = result.out.size() > limits.output_bytes;
    result.out.resize(std::min(result.out.size(), limits.output_bytes));
    return result;
}

SshOutcome PlayedSsh::run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) {
    Argv words = {"ssh", target.host};
    words.insert(words.end(), argv.begin(), argv.end());
    SshOutcome outcome;
    outcome.result = processes_.run(words, deadline, limits, {});
    outcome.value = SshOutcome::Value::ran;
    if (outcome.result.timed_out) outcome.value = SshOutcome::Value::timed_out;
    if (!outcome.result.not_started.empty()) outcome.value = SshOutcome::Value::unreachable;
    if (outcome.value != SshOutcome::Value::ran) outcome.reason = outcome.result.describe();
    return outcome;
}

}  // namespace svcmgr::conformance
