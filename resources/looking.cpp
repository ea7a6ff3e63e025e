#include "resources/looking.h"

#include <algorithm>
#include <utility>

#include "drivers/error.h"
#include "drivers/hypervisor/table.h"

namespace svcmgr {

Looking::Answers& Looking::answers(const std::string& hypervisor) {
    std::lock_guard lock(mutex_);
    auto& slot = by_hypervisor_[hypervisor];
    if (!slot) slot = std::make_unique<Answers>();
    return *slot;
}

void Looking::announce(const std::string& hypervisor, const Guest& guest) {
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    if (std::ranges::find(known.announced, &guest) == known.announced.end()) known.announced.push_back(&guest);
}

GuestState Looking::guest(const std::string& hypervisor, const Guest& guest) {
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    if (const auto found = known.states.find(&guest); found != known.states.end()) return found->second;
    std::vector<const Guest*> unknown = std::exchange(known.announced, {});
    if (std::ranges::find(unknown, &guest) == unknown.end()) unknown.push_back(&guest);
    const std::vector<GuestState> states = ask(hypervisor, unknown);
    for (std::size_t i = 0; i < unknown.size(); ++i) known.states[unknown[i]] = states[i];
    return known.states[&guest];
}

GuestState Looking::guest_again(const std::string& hypervisor, const Guest& guest) {
    const Guest* const only = &guest;
    const GuestState state = ask(hypervisor, {&only, 1}).front();
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    known.states[&guest] = state;
    return state;
}

const Mounts& Looking::mounts() {
    std::lock_guard lock(mounts_mutex_);
    if (!mounts_) mounts_ = Mounts::read(world_.files);
    return *mounts_;
}

const CommandResult& Looking::ask(const Argv& argv) {
    Said* said = nullptr;
    {
        std::lock_guard lock(mutex_);
        auto& slot = by_program_[argv];
        if (!slot) slot = std::make_unique<Said>();
        said = slot.get();
    }
    std::lock_guard lock(said->mutex);
    if (!said->result) said->result = world_.processes.run(argv, Deadline::in(world_.clock, limits_.hypervisor));
    return *said->result;
}

std::vector<GuestState> Looking::ask(const std::string& hypervisor, std::span<const Guest* const> guests) {
    std::vector<Guest> asked;
    asked.reserve(guests.size());
    for (const Guest* guest : guests) asked.push_back(*guest);
    try {
        return world_.hypervisors.get(hypervisor).look(asked, Deadline::in(world_.clock, limits_.hypervisor));
    } catch (const Error& error) {  // its module is missing: that is a state like any other that we can't know
        return std::vector<GuestState>(guests.size(), GuestState{GuestState::Value::unknown, error.what(), {}});
    }
}

}  // namespace svcmgr
