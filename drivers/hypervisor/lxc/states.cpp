#include "drivers/hypervisor/lxc/states.h"

#include <fmt/format.h>

#include <string_view>

namespace svcmgr::lxc {

namespace {

struct State {
    std::string_view word;
    GuestState::Value value;
    std::string_view text;
};

using enum GuestState::Value;

// All of lxc(7), and THAWED, which liblxc answers for a moment.
constexpr State states[] = {
    {"STOPPED", stopped, "stopped"},    {"STARTING", changing, "starting"},   {"RUNNING", running, "running"},
    {"STOPPING", changing, "stopping"}, {"ABORTING", changing, "aborting"},   {"FREEZING", changing, "being frozen"},
    {"FROZEN", paused, "frozen"},       {"THAWED", changing, "being thawed"},
};

}  // namespace

GuestState guest_state(const std::string& word) {
    GuestState result;
    for (const State& state : states)
        if (state.word == word) {
            result.value = state.value;
            result.reason = state.text;
            return result;
        }
    result.reason = fmt::format("LXC says '{}', which this version does not know", word);
    return result;
}

}  // namespace svcmgr::lxc
