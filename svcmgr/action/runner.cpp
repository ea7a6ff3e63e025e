#include "svcmgr/action/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "drivers/signals.h"
#include "drivers/tasks.h"
#include "resources/triggers.h"
#include "svcmgr/action/step_board.h"
#include "svcmgr/action/undo.h"

namespace svcmgr {

namespace {

constexpr Duration tick_interval = std::chrono::milliseconds(200);

/// What launchers and triggers are told.
std::vector<std::string> environment_of(const Service& service, const Plan& plan) {
    std::vector<std::string> environment{"OPENSVC_SVCNAME=" + service.name(), "OPENSVC_ACTION=" + plan.action};
    for (const auto& resource : service.resources()) std::ranges::move(resource->environment(), std::back_inserter(environment));
    return environment;
}

/// What a step's thread reports back.
struct Ending {
    std::optional<Error> error;
    Duration elapsed{};
    bool changed = false;  ///< it has changed something, or was about to
};

class Run {
public:
    Run(World world, const Service& service, const Plan& plan, Journal& journal, const std::vector<ActionWatcher*>& watchers,
        const RunOptions& options)
        : world_(world),
          service_(service),
          plan_(plan),
          journal_(journal),
          watchers_(watchers),
          options_(options),
          environment_(environment_of(service, plan)),
          board_(plan) {}

    Outcome run(ActionRecord record) {
        const Moment begin = world_.clock.now();
        undoes_ = record.aim.undoes;
        outcome_.sid = journal_.begin(std::move(record), plan_);
        tell([&](ActionWatcher& watcher) { watcher.begun(outcome_.sid, plan_); });
        if (pass_guards()) {
            do_steps();
            if (!undoes_.empty())
                finish_undoing();
            else if (signal_ != 0 || gave_up_)
                finish_failed();
        }
        outcome_.elapsed = world_.clock.now() - begin;
        outcome_.signal = signal_;
        if (outcome_.state == ActionState::done) try_journal([&] { journal_.close_interrupted(plan_.service, outcome_.sid); });
        try_journal([&] { journal_.end(outcome_.sid, outcome_.state, outcome_.exit_code()); });
        tell([&](ActionWatcher& watcher) { watcher.ended(outcome_); });
        return std::move(outcome_);
    }

private:
    template <typename Call>
    void tell(Call call) {
        std::lock_guard lock(watchers_mutex_);
        for (ActionWatcher* watcher : watchers_) call(*watcher);
    }

    /// For records of what has already happened: that the disk is full by now must not change what is done next.
    template <typename Call>
    void try_journal(Call call) {
        try {
            call();
        } catch (const Error& error) {
            if (outcome_.journal_problem.empty()) outcome_.journal_problem = error.what();
        }
    }

    /// The first refusal is the action's. Where a resource says it, those of others are said as well: who lacks three images loads them at
    /// once.
    bool pass_guards() {
        bool pass = true;
        for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
            const Step& step = plan_.steps[i];
            if (!step.guard() || (!pass && !(step.refusal && step.verb == "check"))) continue;
            if (step.refusal) {
                refuse(i);
                if (step.verb != "check") return false;
                pass = false;
                continue;
            }
            board_.set(i, StepState::done);
            if (!step.risk.empty()) take_risk(step);
        }
        return pass;
    }

    void refuse(std::size_t i) {
        const Step& step = plan_.steps[i];
        board_.set(i, StepState::failed);
        if (outcome_.state != ActionState::refused) outcome_.error = step.refusal;
        outcome_.state = ActionState::refused;
        try_journal([&] { journal_.step_ended(outcome_.sid, step.id, StepState::failed, step.refusal->what()); });
        tell([&](ActionWatcher& watcher) { watcher.step_failed(step, *step.refusal, Duration::zero()); });
    }

    void take_risk(const Step& step) {
        try_journal([&] { journal_.step_ended(outcome_.sid, step.id, StepState::done, "--force: " + step.risk); });
        tell([&](ActionWatcher& watcher) { watcher.step_note(step, LogLine::Level::warn, "--force: " + step.risk); });
    }

    // --- forward

    using Indices = std::vector<std::size_t>;  ///< of steps of the plan

    void do_steps() {
        std::unique_ptr<TaskGroup> tasks = world_.tasks.group();
        std::map<TaskGroup::Id, std::size_t> running;
        Indices ended;
        bool changed = true;
        while (true) {
            if (world_.signals.pending() != 0) gave_up_ = true;
            if (changed)
                for (const std::size_t i : take_turn(ended, running.size())) running.emplace(tasks->spawn([this, i] { perform(i); }), i);
            if (running.empty()) break;
            if (world_.signals.pending() != 0) {
                tasks.reset();  // waits for the running steps, which see the signal themselves
                for (const auto& [id, step] : running) end(step);
                break;
            }
            ended = wait_for_ends(*tasks, running);
            changed = !ended.empty();
            if (!changed) tell([](ActionWatcher& watcher) { watcher.tick(); });
        }
        tasks.reset();
        signal_ = world_.signals.take();
        if (signal_ != 0 && !outcome_.error && board_.all_ended()) {  // it came too late to stop anything
            signal_ = 0;
            gave_up_ = false;
        }
    }

    /// The steps that have ended by now; after a while none.
    Indices wait_for_ends(TaskGroup& tasks, std::map<TaskGroup::Id, std::size_t>& running) const {
        Indices ended;
        Deadline deadline = Deadline::in(world_.clock, tick_interval);
        while (const std::optional<TaskGroup::Id> id = tasks.wait_any(deadline)) {
            ended.push_back(running.at(*id));
            running.erase(*id);
            deadline = Deadline::in(world_.clock, Duration::zero());
        }
        return ended;
    }

    /// Records what has ended and what can begin, with one flush; what it returns may be done now. When that can't be written nothing is
    /// begun.
    Indices take_turn(const Indices& ended, std::size_t running) {
        Indices begun;
        try {
            journal_.together([&] {
                for (const std::size_t i : ended) end(i);
                begin_ready(begun, running);
            });
        } catch (const Error& error) {
            for (const std::size_t i : begun) {
                board_.set(i, Effect::none);
                fail(i, error, Duration::zero());
            }
            if (begun.empty()) try_journal([&] { throw error; });
            return {};
        }
        for (const std::size_t i : begun) tell([&](ActionWatcher& watcher) { watcher.step_begun(plan_.steps[i]); });
        return begun;
    }

    void begin_ready(Indices& begun, std::size_t running) {
        while (!gave_up_ && !full(running + begun.size())) {
            const std::optional<std::size_t> next = ready_step();
            if (!next || gave_up_) return;
            board_.set(*next, StepState::begun);
            board_.set(*next, Effect::possible);
            begun.push_back(*next);
            journal_.step_begun(outcome_.sid, plan_.steps[*next].id);
        }
    }

    bool full(std::size_t running) const { return options_.jobs != 0 && running >= options_.jobs; }
    const Step& step_of(int id) const { return plan_.steps[static_cast<std::size_t>(id - 1)]; }

    /// The next step that can begin. One that requires what failed fails on the way.
    std::optional<std::size_t> ready_step() {
        while (const std::optional<std::size_t> next = board_.ready()) {
            const Step* needed = board_.failed_requirement(*next);
            if (needed == nullptr) return next;
            const std::string& rid = needed->rid.text();
            fail(*next,
                 Error(Error::Code::failed, fmt::format("it requires {}, which failed", rid), plan_.steps[*next].rid.text(),
                       fmt::format("see why {} failed", rid)),
                 Duration::zero());
        }
        return {};
    }

    /// In the step's own thread.
    void perform(std::size_t i) {
        const Step& step = plan_.steps[i];
        const Moment begin = world_.clock.now();
        Ending ending;
        try {
            perform(step, [&ending] { ending.changed = true; });
        } catch (const Error& error) {
            ending.error = error;
        }
        ending.elapsed = world_.clock.now() - begin;
        std::lock_guard lock(endings_mutex_);
        endings_.insert_or_assign(i, std::move(ending));
    }

    Duration patience(const Step& step) const {
        constexpr Duration least = std::chrono::seconds(10);
        if (!options_.until) return step.deadline;
        const auto behind = static_cast<int>(plan_.steps.size()) - step.id;
        return std::min(step.deadline, std::max(least, options_.until->remaining(world_.clock) - behind * least));
    }

    /// `step` is one of the plan's, or the undoing of one, which has the other's id.
    void perform(const Step& step, std::function<void()> changing) {
        const bool own = step.rid.text().empty() && options_.own_verbs != nullptr;
        const Resource* resource = service_.find(step.rid);
        if (resource == nullptr && !own) throw Error(Error::Code::failed, "the service has no such resource", step.rid.text());
        const auto note = [&](LogLine::Level level, const std::string& message) {
            tell([&](ActionWatcher& watcher) { watcher.step_note(step_of(step.id), level, message); });
        };
        Doing doing{world_, Deadline::in(world_.clock, patience(step)), note, std::move(changing), environment_};
        if (own)
            options_.own_verbs(step.verb, doing);
        else if (step.undone_verb.empty())
            svcmgr::perform(*resource, step.verb, doing);
        else
            svcmgr::undo(*resource, step.undone_verb, step.verb, doing);
    }

    void end(std::size_t i) {
        Ending ending;
        {
            std::lock_guard lock(endings_mutex_);
            ending = endings_.at(i);
        }
        if (ending.error && !ending.changed) board_.set(i, Effect::none);
        if (ending.error) return fail(i, *ending.error, ending.elapsed);
        board_.set(i, StepState::done);
        const Step& step = plan_.steps[i];
        try_journal(
            [&] { journal_.step_ended(outcome_.sid, step.id, StepState::done, fmt::format("done in {}", to_text(ending.elapsed))); });
        record_undoing(step, StepState::undone, fmt::format("undone in {} by {}", to_text(ending.elapsed), outcome_.sid));
        tell([&](ActionWatcher& watcher) { watcher.step_done(step, ending.elapsed); });
    }

    /// With the step of the interrupted action, so that nothing is undone twice.
    void record_undoing(const Step& step, StepState state, const std::string& evidence) {
        if (step.undoes != 0) try_journal([&] { journal_.step_ended(undoes_, step.undoes, state, evidence); });
    }

    void fail(std::size_t i, const Error& error, Duration elapsed) {
        const Step& step = plan_.steps[i];
        board_.set(i, StepState::failed);
        try_journal([&] { journal_.step_ended(outcome_.sid, step.id, StepState::failed, error.what(), board_.effect(i)); });
        if (board_.effect(i) == Effect::possible)
            record_undoing(step, StepState::undo_failed, fmt::format("{}: {}", outcome_.sid, error.what()));
        tell([&](ActionWatcher& watcher) { watcher.step_failed(step, error, elapsed); });
        if (step.on_failure == Step::OnFailure::ignore && error.code() != Error::Code::interrupted) return;
        if (!outcome_.error) outcome_.error = error;
        outcome_.state = ActionState::failed;
        if (step.on_failure == Step::OnFailure::give_up) gave_up_ = true;
    }

    // --- backward

    /// Undoes what this action began.
    void finish_failed() {
        bool undid = false;
        bool undo_failed = false;
        const std::vector<StepRecord> ended = board_.records();
        const bool unfinished = left_in_the_middle(ended);
        for (const Step& undoing : steps_to_undo(ended)) {
            const Step& step = step_of(undoing.id);
            if (options_.rollback == RunOptions::Rollback::no) {
                undo_failed = true;
                outcome_.left.push_back(fmt::format("{} was left as it is (no rollback was asked for)", step.name()));
            } else {
                undid = true;
                if (!undo(step, undoing)) undo_failed = true;
            }
        }
        explain_signal();
        if (unfinished && signal_ == 0) outcome_.left.push_back("what it was stopped in the middle of: print status shows what is true");
        const bool left = undo_failed || (unfinished && signal_ == 0);
        outcome_.state = left           ? ActionState::left_behind
                         : undid        ? ActionState::undone
                         : signal_ != 0 ? ActionState::interrupted
                                        : ActionState::failed;
    }

    /// An undoing has no way back itself: what it could not reverse is left.
    void finish_undoing() {
        explain_signal();
        if (signal_ != 0) outcome_.state = ActionState::interrupted;
        if (signal_ != 0 || outcome_.state == ActionState::done) return;
        for (std::size_t i = 0; i < plan_.steps.size(); ++i)
            if (board_.state(i) != StepState::done)
                outcome_.left.push_back(fmt::format("{} did not come to its end", plan_.steps[i].name()));
        outcome_.state = ActionState::left_behind;
    }

    void explain_signal() {
        if (signal_ != 0 && !outcome_.error) outcome_.error = Error(Error::Code::interrupted, fmt::format("stopped by signal {}", signal_));
    }

    bool undo(const Step& step, const Step& undoing) {
        tell([&](ActionWatcher& watcher) { watcher.undoing(step); });
        const Moment begin = world_.clock.now();
        try {
            undo_to_the_end(undoing);
        } catch (const Error& error) {
            outcome_.left.push_back(fmt::format("{} could not be undone: {}", step.name(), error.what()));
            try_journal([&] { journal_.step_ended(outcome_.sid, step.id, StepState::undo_failed, error.what()); });
            tell([&](ActionWatcher& watcher) { watcher.undo_failed(step, error); });
            return false;
        }
        const Duration elapsed = world_.clock.now() - begin;
        try_journal([&] { journal_.step_ended(outcome_.sid, step.id, StepState::undone, fmt::format("undone in {}", to_text(elapsed))); });
        tell([&](ActionWatcher& watcher) { watcher.undone(step, elapsed); });
        return true;
    }

    /// The first signal that comes while a failed action is undone is noted, and the verb that it cut short is done again; the next one is
    /// somebody who insists.
    void undo_to_the_end(const Step& undoing) {
        for (int signals_left = signal_ == 0 ? 1 : 0;; --signals_left) {
            try {
                return perform(undoing, [] {});
            } catch (const Error&) {
                const int signal = world_.signals.take();
                if (signal == 0 || signals_left == 0) throw;
                if (signal_ == 0) signal_ = signal;
            }
        }
    }

    World world_;
    const Service& service_;
    const Plan& plan_;
    Journal& journal_;
    const std::vector<ActionWatcher*>& watchers_;
    std::mutex watchers_mutex_;
    const RunOptions& options_;
    std::vector<std::string> environment_;

    StepBoard board_;
    std::mutex endings_mutex_;
    std::map<std::size_t, Ending> endings_;
    bool gave_up_ = false;
    int signal_ = 0;
    std::string undoes_;  ///< the sid of the interrupted action that is reversed; empty when this is no recovery
    Outcome outcome_;
};

}  // namespace

int Outcome::exit_code() const {
    switch (state) {
        case ActionState::done: return 0;
        case ActionState::refused: return error && error->code() == Error::Code::unreachable ? 6 : 3;
        case ActionState::left_behind: return 5;
        default: break;
    }
    if (signal != 0) return 128 + signal;
    if (error && error->code() == Error::Code::unreachable) return 6;
    return 1;
}

Outcome run(World world, const Service& service, const Plan& plan, ActionRecord record, Journal& journal,
            const std::vector<ActionWatcher*>& watchers, const RunOptions& options) {
    return Run(world, service, plan, journal, watchers, options).run(std::move(record));
}

}  // namespace svcmgr
