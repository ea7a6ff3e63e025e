#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/options.h"
#include "drivers/scsi/key.h"
#include "drivers/world.h"
#include "resources/looking.h"
#include "resources/rid.h"
#include "resources/status.h"

namespace svcmgr {

/// The groups of resources, in the order of the tree of `print status` (contract.md 3.5, 1.8).
enum class Group { ip, disk, fs, container, share, app, sync, task };
std::string_view to_string(Group group) noexcept;

struct LogLine {
    enum class Level { info, warn, error } level = Level::info;
    std::string message;

    bool operator==(const LogLine&) const = default;
};
std::string_view to_string(LogLine::Level level) noexcept;

/// What a look at one resource returned. Always a value with a reason.
struct ResourceObservation {
    Status status = Status::undef;
    std::vector<LogLine> log;  ///< the reasons, shown under the resource
    WallTime observed;
    std::string label;   ///< what it is called, where only a look tells; empty: Resource::label
    std::string detail;  ///< the status in a few words, for plans and records: "running", "shut off (destroyed)"
    int vcpus = 0;       ///< of a container, 0 when not known
    std::uint64_t memory_kib = 0;
    std::vector<std::string> addresses;  ///< of a container, as its hypervisor knows them
    std::string unready;                 ///< of one that is up: why it is not usable yet; empty when it is, or when nobody asked
    std::string preparation;  ///< of one that is down: what has to be fetched before it can be started, and why; empty when nothing
    std::optional<Error> unstartable;  ///< why it can't be started from this state: it is not known, or a person has to end it first
    std::string left = {};          ///< of one that is down or not whole: what is left of it to be cleaned up or mended; empty when nothing
    std::string stale = {};         ///< of a replica that this node would go on with: why it is older than it may be
    std::optional<Error> conflict;  ///< why it should not be started: somebody else seems to have it; --force takes the risk
    /// Of reservations: the keys that a start takes them from.
    std::vector<ReservationKey> takes_from;

    void say(LogLine::Level level, std::string message) { log.push_back({level, std::move(message)}); }
};

/// Where a service shall go.
enum class Goal {
    up,
    down,
    run,   ///< of tasks, which are neither up nor down
    sync,  ///< of replicas: the peers get what this node has
};
/// As keywords have it: "start" in `pre_start`, `start_requires`; "stop", "run", "sync_nodes".
std::string_view keyword_word(Goal goal) noexcept;

/// One thing that a resource can be told to do; the planner makes a step of it.
struct Verb {
    std::string name;    ///< "start", "wait up", "stop" …: given back to `perform`
    std::string reason;  ///< why it is needed: "vm188 is shut off"
    Duration deadline{};
    std::string undo;  ///< the verb that undoes it; empty when it changes nothing
    Duration undo_deadline{};
    std::string peer = {};    ///< of a replication: the node that gets the data
    std::string forced = {};  ///< the verb that --force makes of it; empty: the same
};

/// What a resource needs to reach a goal.
struct Intent {
    std::vector<Verb> verbs;
    std::string left_alone;         ///< without verbs: why it needs none
    std::string checked;            ///< what was made sure of before the action may begin; empty when there was nothing
    std::optional<Error> refusal;   ///< why the whole action must not begin
    std::optional<Error> conflict;  ///< the same, unless --force takes the risk

    static Intent leave(std::string reason) {
        Intent intent;
        intent.left_alone = std::move(reason);
        return intent;
    }
};

/// What a verb is given while it runs.
struct Doing {
    World world;
    Deadline deadline;
    /// Tells whoever watches: one line, without the resource's name. May be called from the thread of the verb only.
    std::function<void(LogLine::Level, const std::string&)> note;
    /// Said by a verb right before it changes something for the first time: one that fails without having said it needs no undoing.
    std::function<void()> changing;
    /// What launchers and triggers are told of the service and the action: OPENSVC_SVCNAME, OPENSVC_ACTION … (contract.md 2.7, 9.1).
    std::vector<std::string> environment = {};
};

/// What a resource stands on.
struct Devices {
    std::vector<Path> paths;               ///< block devices
    std::vector<std::string> passed_over;  ///< what is no block device, and why: "vda is the file /srv/vm188.img"
    std::string problem;                   ///< why it is not known; empty when it is
};

/// One part of a service. `look` and `intend` change nothing and never throw; `intend` asks nobody anything (the planner is pure).
class Resource {
public:
    Resource(Rid rid, Group group, std::string type, Options options);
    virtual ~Resource() = default;
    Resource(const Resource&) = delete;
    Resource& operator=(const Resource&) = delete;

    const Rid& rid() const { return rid_; }
    Group group() const { return group_; }
    const std::string& type() const { return type_; }  ///< "container.kvm", "ip", "disk.vmdg", "app"
    const Options& options() const { return options_; }
    virtual std::string label() const = 0;

    std::vector<std::string> tags() const;
    std::string subset() const;  ///< empty when it is in none
    bool disabled() const;
    bool optional() const;
    bool monitored() const;
    bool standby() const;

    /// The container inside which this resource lives: it works only while that one is up. Null for what the node carries.
    virtual const Resource* carrier() const { return nullptr; }
    /// Whether the node makes what lives in the carrier, as an address in a container's network, and can clean it up without it.
    virtual bool made_from_outside() const { return false; }
    /// Of what is made from outside: whether `other`, which the node carries, needs it: it starts later, and stops earlier.
    virtual bool serves(const Resource& other [[maybe_unused]]) const { return false; }

    /// Whether it is looked at when all the others have been, and Looking::avail says what came of that.
    virtual bool looks_last() const { return false; }
    /// Says what a look will ask for, so that it can be asked in bulk.
    virtual void announce(Looking&) const {}
    /// Its place among the resources of its group on the way to a goal: smaller ones first, equal ones together.
    virtual int place(Goal) const { return 0; }
    /// The devices whose disks `scsireserv` reserves. Never throws.
    virtual Devices devices_below(Looking&) const { return {}; }
    /// What launchers and triggers of the service are told of it, as NAME=value.
    virtual std::vector<std::string> environment() const { return {}; }
    virtual ResourceObservation look(Looking& looking) const = 0;
    virtual Intent intend(Goal goal, const ResourceObservation& observation) const = 0;
    /// Does one of the verbs that `intend` gave, or the undoing of one. Throws Error.
    virtual void perform(const std::string& verb, Doing& doing) const = 0;

private:
    Rid rid_;
    Group group_;
    std::string type_;
    Options options_;
};

/// Looks with what applies to every resource: disabled and `nostatus` ones are n/a without a look, `standby` is taken into account
/// (contract.md 3.3).
ResourceObservation observe(const Resource& resource, Looking& looking);

/// Calls `done` until it returns true, `interval` apart. Throws Error: `timed_out` ("waited 30 s for …") or `interrupted`.
void wait_for(Doing& doing, const std::string& what, Duration interval, const std::function<bool()>& done);

}  // namespace svcmgr
