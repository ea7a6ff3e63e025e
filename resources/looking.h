#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/process/processes.h"
#include "drivers/scsi/key.h"
#include "drivers/world.h"
#include "resources/mounts.h"
#include "resources/rid.h"
#include "resources/status.h"

namespace svcmgr {

/// What somebody looks for: showing the status needs less than deciding what a start or a stop has to do.
enum class Purpose { show, start, stop };

/// How long each kind of look may take (node.conf, section `node`).
struct LookLimits {
    Duration hypervisor = std::chrono::seconds(2);  ///< `look_timeout`: a hypervisor, or a program of the node
    Duration guest = std::chrono::seconds(5);       ///< `guest_timeout`: a command or a ping in a guest
};

/// What the looks of one run share, so that each hypervisor is asked once for all its guests (design.md 3, rule 6).
/// Used from several threads at once.
class Looking {
public:
    Looking(World world, Purpose purpose, LookLimits limits) : world_(world), purpose_(purpose), limits_(limits) {}

    /// What the service is on this node, for resources that are looked at when all others have been; nothing when not all were.
    std::optional<Status> avail;
    /// Keys of nobody known that the user has said may be preempted (--force-foreign-key).
    std::set<ReservationKey> preemptable;
    /// Another node has just seen it stop: that nobody else has its addresses need not be waited for.
    bool stopped_a_moment_ago = false;
    /// Why a resource of the service may be in use on a peer, for people; empty when the peer has seen that it is not. Null when nobody is
    /// to be asked. Called from several threads at once; never throws.
    std::function<std::string(const std::string& peer, const Rid& rid)> why_in_use_on = {};

    World& world() { return world_; }
    Purpose purpose() const { return purpose_; }
    const LookLimits& limits() const { return limits_; }

    /// Says beforehand that `guest` will be asked for. Guests outlive this, and are known by where they are.
    void announce(const std::string& hypervisor, const Guest& guest);
    /// The guest's state; the first call for a hypervisor asks for all of its announced guests. Never throws.
    GuestState guest(const std::string& hypervisor, const Guest& guest);
    /// The same, asked anew, for this guest alone.
    GuestState guest_again(const std::string& hypervisor, const Guest& guest);

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
        std::map<const Guest*, GuestState> states;
    };
    Answers& answers(const std::string& hypervisor);
    std::vector<GuestState> ask(const std::string& hypervisor, std::span<const Guest* const> guests);

    World world_;
    Purpose purpose_;
    LookLimits limits_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Answers>> by_hypervisor_;
    std::map<Argv, std::unique_ptr<Said>> by_program_;
    std::mutex mounts_mutex_;
    std::optional<Mounts> mounts_;
};

}  // namespace svcmgr
