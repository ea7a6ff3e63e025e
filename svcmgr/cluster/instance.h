#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/world.h"
#include "resources/scsi_reservation.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/action/runner.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/cluster/peer_answers.h"
#include "svcmgr/cluster/service_look.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What one look says of a service and of an action on it. A value: printed by `explain`.
struct Consideration {
    Observation observation;  ///< of all its resources
    Plan plan;
    std::optional<Error> unrecordable;  ///< why the journal has no room for the action
};

/// What the user said about how an action is to be run.
struct ActOptions {
    std::vector<std::string> argv;          ///< for the record
    std::string reason;                     ///< --reason
    bool force = false;                     ///< --force, for what peers are asked to do
    std::optional<Duration> wait_for_lock;  ///< nothing: the service's `lock_timeout`
    RunOptions run;
};

/// What to do about an action that was killed (action/recovery.h).
struct Recovery {
    enum class Way { redo, undo } way = Way::redo;
    bool force = false;  ///< --force, given anew: that of the killed action is not taken over
};

/// What the journal has of a service's actions that were killed.
struct OpenActions {
    std::vector<ActionHistory> actions;  ///< newest first
    std::string problem;                 ///< why it can't be read; empty when it can
};

/// A plan and what it was asked for, for the record.
struct Planned {
    Plan plan;
    Aim aim;
};

/// A service that is to run on another node.
struct Move {
    std::string action;  ///< "switch", "migrate"
    std::string target;
    bool force = false;
    enum class How {
        by_stopping,  ///< stopped here, then started there; when that fails it is started here again
        live,         ///< while it runs, where its technology can; else by stopping
    } how = How::by_stopping;
    bool again = false;  ///< it goes on with a move that was killed
    Request::By by = Request::By::hand;
    std::string reason = {};  ///< --reason
};

/// A service as one node sees it, and what can be done with it there. All that it refers to outlives it.
class Instance {
public:
    Instance(World world, const Paths& paths, const Node& node, const Service& service);

    const Service& service() const { return service_; }
    const Node& node() const { return node_; }

    /// Looks at the selected resources and at those that they live in. Never throws.
    Observation observe(const Selection& selection, Purpose purpose) const;

    /// Looks, and says what an action would do now; takes no lock and writes nothing.
    Plan plan(const Request& request) const;
    /// The same under the service's lock, and does it. Throws Error when nothing could begin: `locked`, or `refused` when the journal can't
    /// be written.
    Outcome act(const Request& request, const ActOptions& options, const std::vector<ActionWatcher*>& watchers) const;

    /// Looks at all of the service, once, and says what stands in an action's way and what it would do. Never throws.
    Consideration consider(const Request& request) const;
    /// The same with peers that may have been asked already.
    Consideration consider(const Request& request, PeerAnswers& peers) const;

    /// What `monitor_action` says is to be done when a monitored resource is down for good (contract.md 4.8), after `pre_monitor_action`:
    /// the node is rebooted or crashed at once, without syncing, or the service is frozen, so that it can be stopped. Throws as `act`.
    /// Does steps that no goal asks for, one after the other, under the service's lock: `make` is called once it is held. Throws as `act`.
    Outcome carry_out(const std::string& action, const std::function<std::vector<Step>()>& make, const ActOptions& options,
                      const std::vector<ActionWatcher*>& watchers) const;
    Plan plan_toc() const;
    Outcome toc(const ActOptions& options, const std::vector<ActionWatcher*>& watchers) const;

    /// What this node would have to do, and the target with it, so that the service runs there: see Move.
    Plan plan(const Move& move) const;
    Outcome act(const Move& move, const ActOptions& options, const std::vector<ActionWatcher*>& watchers) const;

    /// The service's actions that were killed. Never throws.
    OpenActions interrupted() const;
    /// What a recovery would do now; nothing when no action was interrupted, as far as the journal can be read. Never throws.
    std::optional<Planned> plan_recovery(const Recovery& recovery) const;
    /// The same under the service's lock, and does it. Throws as `act` does.
    std::optional<Outcome> recover(const Recovery& recovery, const ActOptions& options, const std::vector<ActionWatcher*>& watchers) const;

    /// Asks the cluster engine of this node; nothing for a service that none is to decide about. Never throws.
    std::optional<EngineSight> look_at_engine() const;

    /// The flag that keeps actions away (contract.md 12.1). It remembers who set it, and why. Throws Error.
    void freeze(const std::string& reason) const;
    void thaw() const;
    bool frozen() const;

private:
    std::optional<Outcome> act(const std::string& word, const std::function<std::optional<Planned>()>& make, const ActOptions& options,
                               const std::vector<ActionWatcher*>& watchers) const;
    std::unique_ptr<FileLock> lock(const std::string& action, Duration patience) const;
    void do_own_verb(const std::string& verb, const std::string& reason, Doing& doing) const;
    void do_move_verb(const std::string& verb, const ActOptions& options, Doing& doing) const;
    void start_here_again(const ActOptions& options, Doing& doing) const;
    Plan plan_migration(const Move& move) const;
    void do_migrate_verb(const std::string& verb, const ActOptions& options, Doing& doing) const;
    void keep_from(const std::string& target, const ActOptions& options, Doing& doing) const;
    void go_on_there(const std::string& target, const ActOptions& options, Doing& doing) const;
    ActionRecord record_of(const std::string& action, const Aim& aim, const ActOptions& options) const;
    bool takes_reservations(const Plan& plan) const;
    void let_settle() const;
    /// As a request has it looked at.
    Observation observe(const Selection& selection, Purpose purpose, const Request& request, PeerAnswers& peers) const;
    /// All that a plan for the request has to know.
    Observation look(const Request& request, const Selection& selection) const;
    Observation look(const Request& request, const Selection& selection, PeerAnswers& peers) const;
    Observation look_for_sync() const;
    Plan plan_after(const Request& request, const Observation& observation) const;
    std::map<std::string, OtherService> look_at_others(Goal goal) const;
    /// Nothing when the plan starts no user of reserved disks.
    std::optional<DiskRivals> look_for_disk_rivals(const Selection& selection, const Observation& observation) const;
    /// Of those that have to be asked before anything is started here; nobody when nothing that runs on one node only is down here.
    std::map<std::string, PeerInstance> ask_peers_for_start(const Selection& selection, const Observation& observation,
                                                            PeerAnswers& peers) const;
    std::map<std::string, PeerInstance> ask_peers() const;
    /// Of two nodes that start it in the same moment both hold their own locks before they ask, so that one at least sees the other. Who
    /// comes later among `nodes` backs off; who comes first waits, for a while, until the other has backed off or is seen to run it.
    void let_peers_settle(Observation& observation) const;
    /// Whether the node comes before this one in the order in which nodes should run the instance.
    bool goes_before_us(const std::string& peer) const;

    World world_;
    const Paths& paths_;
    const Node& node_;
    const Service& service_;
};

}  // namespace svcmgr
