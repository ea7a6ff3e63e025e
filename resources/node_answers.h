#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "drivers/clock.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/process/processes.h"
#include "drivers/world.h"
#include "resources/mounts.h"

namespace svcmgr {

/// What this node's hypervisors and programs have answered, so that each is asked once however many guests of however many services are
/// looked at (design.md 3, rule 6). Used from several threads at once.
class NodeAnswers {
public:
    /// `patience`: how long a hypervisor, or a program, may take to answer.
    NodeAnswers(World world, Duration patience) : world_(world), patience_(patience) {}

    /// Says beforehand that `guest` will be asked for. Guests outlive this, and are known by where they are.
    void announce(const std::string& hypervisor, const Guest& guest);
    /// The guest's state; the first call for a hypervisor asks for all of its announced guests. Never throws.
    GuestState guest(const std::string& hypervisor, const Guest& guest);
    /// The same, asked anew, for this guest alone.
    GuestState guest_again(const std::string& hypervisor, const Guest& guest);
    /// The hypervisors with announced guests that nobody has asked for yet.
    std::vector<std::string> announced() const;
    /// Asks for these.
    void ask_announced(const std::string& hypervisor);

    /// What is mounted on this node; read once.
    const Mounts& mounts();
    /// What a program says that only looks (`lvs`, say), within the time of a look; each is run once.
    const CommandResult& ask(const Argv& argv);

private:
    struct Said {
        std::mutex mutex;
        std::optional<CommandResult> result;
    };
    struct Answers {
        std::mutex mutex;
        std::vector<const Guest*> announced;
        std::unordered_set<const Guest*> known;  ///< those that were announced
        std::map<const Guest*, GuestState> states;
    };
    Answers& answers(const std::string& hypervisor);
    void ask_announced(const std::string& hypervisor, Answers& answers);
    std::vector<GuestState> ask(const std::string& hypervisor, std::span<const Guest* const> guests);

    World world_;
    Duration patience_;
    mutable std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Answers>> by_hypervisor_;
    std::map<Argv, std::unique_ptr<Said>> by_program_;
    std::mutex mounts_mutex_;
    std::optional<Mounts> mounts_;
};

}  // namespace svcmgr
