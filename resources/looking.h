#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "drivers/clock.h"
#include "drivers/scsi/key.h"
#include "drivers/world.h"
#include "resources/node_answers.h"
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

/// What one look at a service is for, and what it has found out so far. Used from several threads at once.
class Looking {
public:
    Looking(World world, Purpose purpose, LookLimits limits)
        : Looking(world, purpose, limits, std::make_shared<NodeAnswers>(world, limits.hypervisor)) {}
    /// With answers that looks at other services share.
    Looking(World world, Purpose purpose, LookLimits limits, std::shared_ptr<NodeAnswers> answers)
        : world_(world), purpose_(purpose), limits_(limits), answers_(std::move(answers)) {}

    /// What the service is on this node, for resources that are looked at when all others have been; nothing when not all were.
    std::optional<Status> avail;
    /// Keys of nobody known that the user has said may be preempted (--force-foreign-key).
    std::set<ReservationKey> preemptable;
    /// Nodes that the caller knows to run nothing while they do not answer (--fenced).
    std::set<std::string> fenced;
    /// Another node has just seen it stop: that nobody else has its addresses need not be waited for.
    bool stopped_a_moment_ago = false;
    /// Why a resource of the service may be in use on a peer, for people; empty when the peer has seen that it is not, or is fenced. Null
    /// when nobody is to be asked. Called from several threads at once; never throws.
    std::function<std::string(const std::string& peer, const Rid& rid)> why_in_use_on = {};

    World& world() { return world_; }
    Purpose purpose() const { return purpose_; }
    const LookLimits& limits() const { return limits_; }

    /// See NodeAnswers.
    void announce(const std::string& hypervisor, const Guest& guest) { answers_->announce(hypervisor, guest); }
    GuestState guest(const std::string& hypervisor, const Guest& guest) { return answers_->guest(hypervisor, guest); }
    GuestState guest_again(const std::string& hypervisor, const Guest& guest) { return answers_->guest_again(hypervisor, guest); }
    const Mounts& mounts() { return answers_->mounts(); }
    const CommandResult& ask(const Argv& argv) { return answers_->ask(argv); }

private:
    World world_;
    Purpose purpose_;
    LookLimits limits_;
    std::shared_ptr<NodeAnswers> answers_;
};

}  // namespace svcmgr
