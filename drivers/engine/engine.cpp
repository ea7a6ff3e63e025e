#include "drivers/engine/engine.h"

#include <utility>

namespace svcmgr {

namespace {

/// CRM_EX_DISCONNECT of Pacemaker's crm/common/results.h: "lost connection to something", or never had one.
constexpr int not_connected = 102;
/// A CIB of two thousand guests has 4.5 MB (peers.md).
constexpr std::size_t most_bytes = 64 << 20;

bool is_missing(const CommandResult& result) {
    return result.not_started.find("is not installed") != std::string::npos;
}

}  // namespace

EngineAnswer ask_engine(Processes& processes, Deadline deadline) {
    using State = EngineAnswer::State;
    const CommandResult result = processes.run({"cibadmin", "--query"}, deadline, {.output_bytes = most_bytes});
    if (is_missing(result)) return {State::not_installed, {}, "cibadmin is not installed"};
    if (result.exit_code == not_connected) return {State::not_running, {}, "cibadmin reaches none"};
    if (!result.ok()) return {State::unknown, {}, "cibadmin: " + result.describe()};
    if (result.truncated) return {State::unknown, {}, "cibadmin: it says more than can be read"};
    tl::expected<Cib, std::string> cib = parse_cib(result.out);
    if (!cib) return {State::unknown, {}, "what cibadmin says can't be read: " + cib.error()};
    return {State::answers, std::move(*cib), {}};
}

}  // namespace svcmgr
