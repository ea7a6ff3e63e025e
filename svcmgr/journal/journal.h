#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/host.h"
#include "drivers/process/processes.h"
#include "drivers/world.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

class Database;

enum class StepState { planned, begun, done, failed, undone, undo_failed, skipped };
enum class ActionState { running, done, failed, refused, undone, left_behind, interrupted };
std::string_view to_string(StepState state) noexcept;
std::string_view to_string(ActionState state) noexcept;

/// What an action was asked for: enough to ask for it again after it was killed.
struct Aim {
    std::optional<Goal> goal;               ///< nothing: of an undoing, or not known (a record of before schema 2)
    std::optional<std::set<Group>> groups;  ///< nothing: all
    std::optional<std::set<Rid>> rids;      ///< nothing: all
    std::string undoes;                     ///< the sid of the interrupted action that this one reverses; empty for all others
};

/// What is known of an action when it begins.
struct ActionRecord {
    std::string sid;  ///< filled in by `begin`: a UUID version 7, so sids sort by time
    std::string service;
    std::string action;
    std::vector<std::string> argv;  ///< the command line, with secrets removed by the caller
    std::string reason;             ///< what the user gave with --reason
    Caller caller;
    std::string node;
    ProcessId process;  ///< who does it: when this process is gone and the action was not ended, it was interrupted
    WallTime begun;
    Aim aim;
};

/// Whether a step may have changed something.
enum class Effect { possible, none };

struct StepRecord {
    Step step;
    StepState state = StepState::planned;
    std::optional<WallTime> begun;
    std::optional<WallTime> ended;
    std::optional<Duration> elapsed;   ///< how long it took: unlike the times it does not jump with the clock
    std::string evidence;              ///< what was seen: "running, pid 4711", or the error
    Effect effect = Effect::possible;  ///< of a failed one: `none` when it is known that it failed before it changed anything
    std::optional<WallTime> undone;    ///< when its undoing ended, well or not
    std::string undo_evidence;
};

struct ActionHistory {
    ActionRecord action;
    ActionState state = ActionState::running;
    std::optional<WallTime> ended;    ///< nothing for an interrupted action: nobody saw its end
    std::optional<Duration> elapsed;  ///< of one that ended; nothing in a record of before schema 3
    int exit_code = 0;
    std::string closed_by;  ///< the sid of the action that found this one interrupted
    std::vector<StepRecord> steps;
    std::vector<LeftAlone> left_alone;
};

/// How much of the past is kept. An action that is open is kept whatever its age, and so are the newest few of the database.
struct Retention {
    std::chrono::days age{90};
    int actions = 500;                 ///< of each service
    std::uint64_t size = 64ULL << 20;  ///< bytes that the database may use, its log aside
};

/// The record of actions and steps (faults.md C.7): written with full sync before and after each step, so that after a kill or a power loss
/// it says which step was running. Functions throw Error (`failed`, with the database in `where`) unless said otherwise. May be used from
/// several threads at once.
class Journal {
public:
    /// Opens for writing, making the database when it is missing. Throws Error `refused` when it can't be written: a full or read-only
    /// disk, a damaged file, one that a newer svcmgr made. Who can't record an action must not begin it.
    static std::unique_ptr<Journal> open(World world, const Path& database, const Retention& retention = {});
    ~Journal();

    /// Writes the action and its planned steps in one transaction, after making sure that there is room for all that will follow.
    /// Returns the sid. Throws Error `refused`: nothing was written then.
    std::string begin(ActionRecord action, const Plan& plan);
    /// Returns when the record is on the disk: the step may be done now.
    void step_begun(const std::string& sid, int step);
    /// `evidence` is cut off after 4 KiB. For `undone` and `undo_failed` it is kept beside that of the step's own end.
    void step_ended(const std::string& sid, int step, StepState state, const std::string& evidence, Effect effect = Effect::possible);
    /// What `records` writes with the two above reaches the disk at once, when this returns, or not at all: one flush for steps that end
    /// and begin at the same time. Throws what `records` throws, too.
    void together(const std::function<void()>& records);
    /// Also forgets a few of the oldest actions, as `Retention` says.
    void end(const std::string& sid, ActionState state, int exit_code);

    /// Marks what dead processes left open as interrupted-and-seen: called by the action that completed it. An action on the whole service
    /// completes whatever was begun; one on some groups or resources what was limited to the same ones; an undoing what it has undone; one
    /// that leads to no goal (toc) its like.
    void close_interrupted(const std::string& service, const std::string& by_sid);

    struct Pruned {
        int forgotten = 0;
        int left = 0;
    };
    /// Forgets every action that `retention` does not keep, a few at a time, so that an action that begins meanwhile does not wait. Throws
    /// Error `failed`; what was forgotten until then is.
    static Pruned prune(World world, const Path& database, const Retention& retention);

private:
    Journal(World world, std::unique_ptr<Database> database, const Retention& retention);
    void insert_action(const ActionRecord& action, const Plan& plan);
    void insert_step(std::int64_t action, const Step& step, StepState state);
    std::optional<std::int64_t> elapsed_since_begin(const std::string& sid, int step);
    // Each forgets a few of the oldest, and returns how many.
    int forget_aged();
    int forget_surplus(const std::string& service);
    int forget_for_room();
    std::uint64_t used_bytes();

    World world_;
    Retention retention_;
    std::mutex mutex_;
    std::unique_ptr<Database> database_;
    std::map<std::pair<std::string, int>, Moment> running_;  ///< since when; by sid and step, 0 for the whole
};

/// Why an action can't be recorded for lack of room, and so would not be begun; nothing when it can, or when nobody can say. Only looks.
std::optional<Error> lack_of_room(const Files& files, const Path& database, const ActionRecord& action, const Plan& plan);

/// How an action of a service ended when it was last done.
struct LastRun {
    std::string action;
    ActionState state = ActionState::done;
    WallTime ended;
    std::optional<Duration> elapsed;  ///< nothing in a record of before schema 3
    int exit_code = 0;
};

/// Reads the journal; works on a read-only or full disk, and answers "nothing" when there is no database yet. Looks, and so never throws:
/// `problem` says why an answer is empty. One thread at a time.
class JournalReader {
public:
    JournalReader(World world, const Path& database);
    ~JournalReader();
    /// Why nothing can be read, with the file and what can be done; empty when it can.
    const std::string& problem() const { return problem_; }

    /// The newest action of the service that runs no more and was never ended.
    std::optional<Interrupted> interrupted(const std::string& service);
    /// The same of every service that has one.
    std::map<std::string, Interrupted> interrupted();
    /// By service, the newest action that has begun or ended since then: "start (done)".
    std::map<std::string, std::string> acted_since(WallTime time);
    /// All actions of the service that run no more and were never ended, newest first.
    std::vector<ActionHistory> open_actions(const std::string& service);
    std::optional<ActionHistory> action(const std::string& sid);
    /// The sids of the actions whose sid is `text`, or begins or ends with it (at least four characters); a few of them when it is
    /// ambiguous.
    std::vector<std::string> find(const std::string& text);
    /// Newest first; of all services when `service` is empty.
    std::vector<ActionHistory> actions(const std::string& service, int at_most);
    /// By service, the newest end of each of its actions, by name; of the newest ten thousand actions of the node.
    std::map<std::string, std::vector<LastRun>> last_runs();
    /// The median duration of the last (at most nine) successful runs of a step among the service's last 100 actions; nothing when it
    /// did not run in these.
    std::optional<Duration> usual_duration(const std::string& service, const Rid& rid, const std::string& verb);

private:
    template <typename Answer, typename Look>
    Answer ask(Look look);
    std::vector<std::int64_t> without_owner(const std::string& service);
    ActionHistory load(std::int64_t id);
    std::string interrupted_step(std::int64_t id);

    World world_;
    std::unique_ptr<Database> database_;
    std::string problem_;
};

}  // namespace svcmgr
