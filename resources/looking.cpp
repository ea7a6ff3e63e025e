#include "resources/looking.h"

#include "drivers/error.h"
#include "drivers/hypervisor/table.h"

namespace svcmgr {

Looking::Answers& Looking::answers(const std::string& hypervisor) {
    std::lock_guard lock(mutex_);
    auto& slot = by_hypervisor_[hypervisor];
    if (!slot) slot = std::make_unique<Answers>();
    return *slot;
}

void Looking::announce(const std::string& hypervisor, const std::string& guest) {
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    known.announced.insert(guest);
}

GuestState Looking::guest(const std::string& hypervisor, const std::string& guest) {
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    if (!known.states || !known.states->contains(guest)) {
        known.announced.insert(guest);
        known.states = ask(hypervisor, known.announced);
    }
    return (*known.states)[guest];
}

GuestState Looking::guest_again(const std::string& hypervisor, const std::string& guest) {
    const GuestState state = ask(hypervisor, {guest})[guest];
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    if (known.states) known.states->insert_or_assign(guest, state);
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

std::map<std::string, GuestState> Looking::ask(const std::string& hypervisor, const std::set<std::string>& guests) {
    std::vector<std::string> names(guests.begin(), guests.end());
    try {
        return world_.hypervisors.get(hypervisor).look(names, Deadline::in(world_.clock, limits_.hypervisor));
    } catch (const Error& error) {  // its module is missing: that is a state like any other that we can't know
        std::map<std::string, GuestState> states;
        for (const std::string& name : names) states[name] = GuestState{GuestState::Value::unknown, error.what(), {}};
        return states;
    }
}

}  // namespace svcmgr
