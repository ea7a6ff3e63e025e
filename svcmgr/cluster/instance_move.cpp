// A service that leaves this node: what the target is asked, and the steps that are no resource's.

#include <fmt/format.h>

#include "drivers/tasks.h"
#include "svcmgr/action/migrate_plan.h"
#include "svcmgr/action/move_plan.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/move_checks.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

namespace {

/// What an action within a step says is what the step says.
class NotesOfAction : public ActionWatcher {
public:
    explicit NotesOfAction(Doing& doing) : doing_(doing) {}

    void step_begun(const Step& step) override { doing_.note(LogLine::Level::info, step.name()); }
    void step_note(const Step& step, LogLine::Level level, const std::string& message) override {
        doing_.note(level, fmt::format("{}: {}", step.name(), message));
    }
    void step_failed(const Step& step, const Error& error, Duration) override {
        doing_.note(LogLine::Level::warn, fmt::format("{}: {}", step.name(), error.what()));
    }

private:
    Doing& doing_;
};

}  // namespace

Plan Instance::plan(const Move& move) const {
    if (move.how == Move::How::live) return plan_migration(move);
    const Request stop{.action = move.action, .goal = Goal::down, .force = move.force};
    Observation observation;
    Foreseen foreseen;
    std::map<std::string, PeerInstance> peers;
    Argv question{"could", service_.name(), node_.name()};
    if (move.force) question.emplace_back("--force");
    run_together(world_.tasks,
                 {[&] { observation = look(stop, {}); },
                  [&] { foreseen = ask_outlook(world_, node_, service_.name(), move.target, question); }, [&] { peers = ask_peers(); }});
    const std::string own = mark_of(world_.files.read(service_.file()).value_or(""));
    const std::vector<MoveCheck> checks{
        check_of_others(peers, move.target, service_), check_of_target(foreseen, move.target),
        check_of_config(foreseen, move.target, own, service_, move.force ? OtherConfig::is_a_risk : OtherConfig::refuses)};
    Plan stopping = plan_after(stop, observation);
    if (peers[move.target].runs() && !stopping.changes_something()) {
        stopping.left_alone = {{Rid(), fmt::format("{} runs it already", move.target)}};
        return stopping;
    }
    return move_plan(std::move(stopping), node_.name(), move.target, checks,
                     foreseen.outlook ? foreseen.outlook->deadline : Duration(to_foresee));
}

Outcome Instance::act(const Move& move, const ActOptions& options, const std::vector<ActionWatcher*>& watchers) const {
    ActOptions own = options;
    own.run.own_verbs = [&](const std::string& verb, Doing& doing) { do_move_verb(verb, options, doing); };
    const auto planned = [&]() -> std::optional<Planned> { return Planned{plan(move), {}}; };
    return *act(move.action, planned, own, watchers);
}

void Instance::do_move_verb(const std::string& verb, const ActOptions& options, Doing& doing) const {
    if (is_migrate_verb(verb)) return do_migrate_verb(verb, options, doing);
    doing.changing();
    if (verb.starts_with(leave_verb)) return;
    if (verb == come_back_verb) return start_here_again(options, doing);
    const bool starts = verb.starts_with(start_there_verb);
    const std::string_view before = starts ? start_there_verb : stop_there_verb;
    Argv words{starts ? "take" : "act"};
    if (options.force) words.emplace_back("--force");
    words.insert(words.end(), {"--reason", options.reason.empty() ? fmt::format("moved by {}", node_.name()) : options.reason,
                               service_.name(), starts ? node_.name() : "stop"});
    act_on_peer(node_, service_.name(), verb.substr(before.size()), words, starts ? "start" : "stop", doing);
}

/// An action of its own within the step, with guards of its own: what the target may run by now is not started here.
void Instance::start_here_again(const ActOptions& options, Doing& doing) const {
    const Request request{.action = "start", .goal = Goal::up};
    const Plan plan = plan_after(request, look(request, {}));
    if (const Step* no = plan.refused(); no != nullptr) throw Error(*no->refusal);
    if (!plan.changes_something()) return;
    const std::unique_ptr<Journal> journal = Journal::open(world_, paths_.database, node_.retention());
    RunOptions run_options;
    run_options.jobs = options.run.jobs;
    NotesOfAction notes(doing);
    const Outcome outcome =
        run(world_, service_, plan, record_of(plan.action, {request.goal, {}, {}, {}}, options), *journal, {&notes}, run_options);
    if (outcome.error) throw Error(*outcome.error);
}

}  // namespace svcmgr
