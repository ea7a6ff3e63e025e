#include "drivers/hypervisor/tools/guest_list.h"

#include <fmt/format.h>

#include "drivers/process/first_line.h"

namespace svcmgr::tools {

void GuestList::add(std::string_view name, GuestState state) {
    const auto [place, is_new] = guests_.try_emplace(std::string(name), std::move(state));
    if (is_new) return;
    place->second = {};
    place->second.reason = fmt::format("there are two guests of the name {}: which of them is meant can't be told", first_line(name));
}

void GuestList::add_unknown(std::string_view name, const Line& line, std::string_view why) {
    GuestState state;
    state.reason = not_understood(line, why);
    add(name, std::move(state));
}

void GuestList::refuse(const Line& line, std::string_view why) {
    if (problem_.empty()) problem_ = not_understood(line, why);
}

GuestState* GuestList::find(std::string_view name) {
    const auto found = guests_.find(name);
    return found == guests_.end() ? nullptr : &found->second;
}

GuestState GuestList::state_of(std::string_view name) const {
    if (const auto found = guests_.find(name); found != guests_.end()) return found->second;
    GuestState state;
    state.value = problem_.empty() ? GuestState::Value::absent : GuestState::Value::unknown;
    state.reason = problem_.empty() ? fmt::format("there is no {} on this host", name) : problem_;
    return state;
}

}  // namespace svcmgr::tools
