#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "resources/resource.h"

namespace svcmgr {

/// An action that was killed: its owner is gone and its end was never written.
struct Interrupted {
    std::string sid;
    std::string action;
    std::string step;  ///< the step that was running, or the last one that ended; empty before the first
    WallTime since;    ///< when the action began
};

/// Another service that this one has to do with: a parent, a child, one that it must or must not share the node with.
struct OtherService {
    std::optional<Status> avail;
    std::string problem;  ///< why its status is not known; empty when it is
};

/// What a peer said of its own instance of a service, or why it said nothing.
struct PeerInstance {
    enum class Answer {
        given,
        unresolved,       ///< its name has no address
        unreachable,      ///< no connection, or it broke
        refused,          ///< the machine answers, and nothing listens at the port of ssh
        silent,           ///< connected, and then nothing until the deadline
        key_unknown,      ///< nobody has recorded its host key here
        key_changed,      ///< it shows another key than the recorded one
        not_authorised,   ///< it accepts none of our keys
        without_svcmgr,   ///< there is no svcmgr, or none that knows the question
        other_version,    ///< its svcmgr answers in words of a later or earlier one
        unreadable,       ///< what it said is no answer
        without_service,  ///< it has no env file of the service, or can't read it
    } answer = Answer::unreachable;
    std::string reason;   ///< of all but `given`; for people
    std::string version;  ///< of its svcmgr, once it has answered
    Status avail = Status::undef;
    Status overall = Status::undef;
    bool frozen = false;
    std::vector<std::string> running;  ///< rids of what runs there and may run on one node only
    std::string acting;                ///< who acts on it there now: "start by anna (pid 4711) since …"; empty when nobody does
    std::string interrupted;  ///< "switch at start on node3, begun 2026-…Z": an action that was killed there; empty when none was
    std::string config;       ///< mark_of() its env file there; empty when it did not say
    std::vector<std::string> unknown;  ///< rids of which the peer itself can't say whether they run

    /// Whether somebody is bringing it up there.
    bool starting() const { return acting.starts_with("start") || acting.starts_with("recover") || acting.starts_with("undo"); }
    bool runs() const { return answer == Answer::given && !running.empty(); }
    /// Whether it can be taken for granted that nothing of the service runs there.
    bool surely_not() const { return answer == Answer::given && running.empty() && unknown.empty(); }
};

/// Who else on this node has disks that the service reserves; only when a plan is to be made that starts their user.
struct DiskRivals {
    struct Rival {
        std::string rid;   ///< of ours
        std::string disk;  ///< its id
        std::string user;  ///< "svc2 container#1 (vda of vm189)"
    };
    std::vector<Rival> found;
    std::vector<std::string> problems;  ///< whom nobody could ask
};

/// What a cluster engine on this node has to do with a service that it is to decide about (`orchestrate = ha`).
struct EngineSight {
    enum class Value {
        manages,       ///< it starts and stops it
        leaves_alone,  ///< it has no resource for it, or was told to leave it alone here
        absent,        ///< none runs on this node
        unknown,       ///< it did not answer, or with what is no answer
    } value = Value::unknown;
    std::string resource;  ///< its resource for the service; empty where it has none, or nobody knows
    std::string detail;    ///< for people: "its resource vm188", "maintenance-mode = true"; why it is not known
    std::string remedy;    ///< what to do about it; empty when it manages the service
};

/// What one look at a whole service on this node returned. A value: printed, planned from, written to the inventory.
struct Observation {
    WallTime observed;
    bool frozen = false;       ///< this service is frozen here
    bool node_frozen = false;  ///< every service of this node is
    std::string frozen_note;   ///< who froze it: "since 2026-11-20T10:00:00Z by anna: new disk"; empty when nobody did
    /// Who acts on it now: "stop by anna (pid 4711) since 2026-11-20T10:00:00Z".
    std::optional<std::string> acting;
    /// Why resources that were not looked at now, but at `observed`, may be otherwise.
    struct Kept {
        std::string acted;            ///< the newest action since then, "start (done)"; empty when there was none
        bool config_changed = false;  ///< the env file is another one than then
    };
    std::optional<Kept> kept;
    std::map<Rid, ResourceObservation> resources;
    std::map<std::string, OtherService> others;  ///< by the words of `parents` and their like; only when a plan is to be made
    std::map<std::string, PeerInstance> peers;   ///< by node; only when somebody asked them
    std::optional<DiskRivals> disk_rivals;
    std::optional<EngineSight> engine;  ///< only of a service with orchestrate = ha, and when somebody asked it
    std::optional<Interrupted> interrupted;
    /// Why the journal could not be asked; empty when it was. Status goes on without it.
    std::string journal_problem;
};

}  // namespace svcmgr
