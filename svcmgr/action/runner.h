#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "drivers/world.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// How an action ended. Printed for people and programs; the exit code follows from it.
struct Outcome {
    std::string sid;  ///< empty when nothing was journaled (a dry run, a refusal before the journal)
    ActionState state = ActionState::done;
    int signal = 0;                 ///< the signal that stopped it, 0 when none
    std::optional<Error> error;     ///< the first failure
    std::vector<std::string> left;  ///< what could not be undone, one sentence each
    std::string journal_problem;    ///< why the journal does not have all of it; empty when it has
    Duration elapsed{};

    int exit_code() const;
};

/// Watches an action. Called from one thread at a time.
class ActionWatcher {
public:
    virtual ~ActionWatcher() = default;
    virtual void begun(const std::string& /*sid*/, const Plan&) {}
    virtual void step_begun(const Step&) {}
    virtual void step_note(const Step&, LogLine::Level, const std::string&) {}
    virtual void step_done(const Step&, Duration) {}
    virtual void step_failed(const Step&, const Error&, Duration) {}
    virtual void undoing(const Step&) {}
    virtual void undone(const Step&, Duration) {}
    virtual void undo_failed(const Step&, const Error&) {}
    virtual void ended(const Outcome&) {}
    /// Called a few times a second while steps run, for clocks on a terminal.
    virtual void tick() {}
};

struct RunOptions {
    unsigned jobs = 0;                                         ///< steps at once; 0: as many as are ready
    enum class Rollback { yes, no } rollback = Rollback::yes;  ///< whether a failed action is undone
    /// When all has to be over: a step is given no more time than leaves ten seconds for each one behind it, but ten seconds itself.
    std::optional<Deadline> until = {};
    /// Does the verbs of steps that are of no resource, but of the service or the node itself. Throws Error.
    std::function<void(const std::string& verb, Doing&)> own_verbs = {};
};

/// Runs the steps whose predecessors are done, writes the journal before and after each, and on a failure or a signal undoes what this
/// action did, newest first, and nothing else.
Outcome run(World world, const Service& service, const Plan& plan, ActionRecord record, Journal& journal,
            const std::vector<ActionWatcher*>& watchers, const RunOptions& options = {});

}  // namespace svcmgr
