#include "drivers/hypervisor/tools/tool_hypervisor.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/hypervisor/over_ssh.h"

namespace svcmgr::tools {

namespace {

using Value = GuestState::Value;

constexpr Duration poll_interval = std::chrono::milliseconds(250);
constexpr std::size_t few = 8;

}  // namespace

std::vector<GuestState> ToolHypervisor::look(std::span<const Guest> guests, Deadline deadline) {
    if (guests.empty()) return {};
    const GuestList found = list(guests, deadline);
    std::vector<GuestState> states;
    states.reserve(guests.size());
    for (const Guest& guest : guests) {
        states.push_back(found.state_of(guest.name));
        GuestState& state = states.back();
        if (state.value == Value::unknown || state.value == Value::absent) continue;
        complete(state, guest);
        if (guests.size() <= few) complete_one(state, guest, deadline);
    }
    return states;
}

void ToolHypervisor::complete(GuestState&, const Guest&) {}
void ToolHypervisor::complete_one(GuestState&, const Guest&, Deadline) {}

GuestState ToolHypervisor::look_at(const Guest& guest, Deadline deadline) {
    return list({&guest, 1}, deadline).state_of(guest.name);
}

GuestState ToolHypervisor::known(const Guest& guest, Deadline deadline) {
    const GuestList found = list({&guest, 1}, deadline);
    const GuestState state = found.state_of(guest.name);
    if (state.value == Value::unknown)
        throw Error(world_.signals.pending() != 0 ? Error::Code::interrupted : found.code(), state.reason, where(guest), look_hint());
    return state;
}

void ToolHypervisor::define(const Guest& guest, Deadline) {
    throw Error(Error::Code::failed, fmt::format("there is no {} on this host", guest.name), where(guest),
                "check `name` in the container's section; " + look_hint());
}

void ToolHypervisor::start(const Guest& guest, Deadline deadline) {
    GuestState state = known(guest, deadline);
    if (state.value == Value::absent) {
        define(guest, deadline);
        state = known(guest, deadline);
    }
    if (state.value != Value::stopped)
        throw Error(Error::Code::failed, fmt::format("{} is {}: it can't be started from there", guest.name, state.reason), where(guest),
                    look_hint());
    boot(guest, state, deadline);
    wait_until(guest, "to run", deadline, [](const GuestState& now) { return now.value == Value::running; });
}

void ToolHypervisor::stop(const Guest& guest, StopMode mode, Deadline deadline) {
    const GuestState state = known(guest, deadline);
    if (state.value == Value::stopped || state.value == Value::absent) return;
    if (mode == StopMode::ask) return ask_to_stop(guest, state, deadline);
    take_power(guest, state, deadline);
    wait_until(guest, "to be gone", deadline,
               [](const GuestState& now) { return now.value == Value::stopped || now.value == Value::absent; });
}

void ToolHypervisor::wait_until(const Guest& guest, const std::string& what, Deadline deadline,
                                const std::function<bool(const GuestState&)>& done) {
    const Duration given = deadline.remaining(world_.clock);
    for (;;) {
        const GuestState now = look_at(guest, deadline);
        if (done(now)) return;
        if (world_.signals.pending() != 0)
            throw Error(Error::Code::interrupted, fmt::format("stopped by a signal while waiting for {} {}", guest.name, what),
                        where(guest), look_hint());
        if (deadline.passed(world_.clock))
            throw Error(Error::Code::timed_out, fmt::format("waited {} for {} {}; it is {}", to_text(given), guest.name, what, now.reason),
                        where(guest), look_hint());
        world_.clock.sleep_until(std::min(deadline.at(), world_.clock.now() + poll_interval));
    }
}

SshOutcome ToolHypervisor::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    return run_over_ssh(world_.ssh, guest, argv, deadline);
}

std::vector<Path> ToolHypervisor::definition(const Guest& guest) {
    std::vector<Path> files = definition_files(guest);
    std::erase_if(files, [this](const Path& path) { return !world_.files.facts(path).has_value(); });
    return files;
}

std::vector<Path> ToolHypervisor::definition_places(const Guest& guest) {
    return definition_files(guest);
}

Answer ToolHypervisor::ask(const Argv& argv, Deadline deadline, const CommandLimits& limits) const {
    return tools::ask(world_.processes, world_.signals, argv, deadline, limits);
}

void ToolHypervisor::tell(const Guest& guest, const Argv& argv, Deadline deadline) const {
    tools::tell(world_.processes, world_.signals, argv, deadline, where(guest), look_hint());
}

SshOutcome ToolHypervisor::inside(const Argv& argv, Deadline deadline) const {
    SshOutcome outcome;
    outcome.result = world_.processes.run(argv, deadline);
    outcome.value = SshOutcome::Value::ran;
    if (world_.signals.pending() != 0)
        outcome.value = SshOutcome::Value::interrupted;
    else if (outcome.result.timed_out)
        outcome.value = SshOutcome::Value::timed_out;
    else if (!outcome.result.not_started.empty())
        outcome.value = SshOutcome::Value::unreachable;
    if (outcome.value != SshOutcome::Value::ran) outcome.reason = fmt::format("`{}`: {}", typed(argv), outcome.result.describe());
    return outcome;
}

Capabilities ToolHypervisor::capabilities_if(const Answer& answer, std::set<Capability> can) const {
    if (!answer) return {{}, answer.error().reason};
    return {std::move(can), {}};
}

}  // namespace svcmgr::tools
