#include "resources/node_answers.h"

#include <utility>

#include "drivers/error.h"
#include "drivers/hypervisor/table.h"

namespace svcmgr {

NodeAnswers::Answers& NodeAnswers::answers(const std::string& hypervisor) {
    std::lock_guard lock(mutex_);
    auto& slot = by_hypervisor_[hypervisor];
    if (!slot) slot = std::make_unique<Answers>();
    return *slot;
}

void NodeAnswers::announce(const std::string& hypervisor, const Guest& guest) {
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    if (known.known.insert(&guest).second) known.announced.push_back(&guest);
}

std::vector<std::string> NodeAnswers::announced() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> hypervisors;
    for (const auto& [hypervisor, known] : by_hypervisor_) {
        std::lock_guard of_hypervisor(known->mutex);
        if (!known->announced.empty()) hypervisors.push_back(hypervisor);
    }
    return hypervisors;
}

void NodeAnswers::ask_announced(const std::string& hypervisor) {
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    ask_announced(hypervisor, known);
}

void NodeAnswers::ask_announced(const std::string& hypervisor, Answers& known) {
    const std::vector<const Guest*> announced = std::exchange(known.announced, {});
    if (announced.empty()) return;
    const std::vector<GuestState> states = ask(hypervisor, announced);
    for (std::size_t i = 0; i < announced.size(); ++i) known.states[announced[i]] = states[i];
}

GuestState NodeAnswers::guest(const std::string& hypervisor, const Guest& guest) {
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    if (const auto found = known.states.find(&guest); found != known.states.end()) return found->second;
    if (known.known.insert(&guest).second) known.announced.push_back(&guest);
    ask_announced(hypervisor, known);
    return known.states[&guest];
}

GuestState NodeAnswers::guest_again(const std::string& hypervisor, const Guest& guest) {
    const Guest* const only = &guest;
    const GuestState state = ask(hypervisor, {&only, 1}).front();
    Answers& known = answers(hypervisor);
    std::lock_guard lock(known.mutex);
    known.states[&guest] = state;
    return state;
}

const Mounts& NodeAnswers::mounts() {
    std::lock_guard lock(mounts_mutex_);
    if (!mounts_) mounts_ = Mounts::read(world_.files);
    return *mounts_;
}

const CommandResult& NodeAnswers::ask(const Argv& argv) {
    Said* said = nullptr;
    {
        std::lock_guard lock(mutex_);
        auto& slot = by_program_[argv];
        if (!slot) slot = std::make_unique<Said>();
        said = slot.get();
    }
    std::lock_guard lock(said->mutex);
    if (!said->result) said->result = world_.processes.run(argv, Deadline::in(world_.clock, patience_));
    return *said->result;
}

std::vector<GuestState> NodeAnswers::ask(const std::string& hypervisor, std::span<const Guest* const> guests) {
    std::vector<Guest> asked;
    asked.reserve(guests.size());
    for (const Guest* guest : guests) asked.push_back(*guest);
    try {
        return world_.hypervisors.get(hypervisor).look(asked, Deadline::in(world_.clock, patience_));
    } catch (const Error& error) {  // its module is missing: that is a state like any other that we can't know
        return std::vector<GuestState>(guests.size(), GuestState{GuestState::Value::unknown, error.what(), {}});
    }
}

}  // namespace svcmgr
