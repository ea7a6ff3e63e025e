// A service that leaves this node: what the target is asked, and the steps that are no resource's.

#include <fmt/format.h>

#include "drivers/tasks.h"
#include "svcmgr/action/engine_guard.h"
#include "svcmgr/action/migrate_plan.h"
#include "svcmgr/action/move_plan.h"
#include "svcmgr/cluster/inner_action.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/move_checks.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

Plan Instance::plan(const Move& move) const {
    if (move.how == Move::How::live) return plan_migration(move);
    const Request stop{.action = move.action, .goal = Goal::down, .force = move.force, .reason = move.reason, .by = move.by};
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
    if (!starts && decided_by_engine(service_)) words.emplace_back("--by-engine");  // the move has been through the guard here
    words.insert(words.end(), {"--reason", options.reason.empty() ? fmt::format("moved by {}", node_.name()) : options.reason,
                               service_.name(), starts ? node_.name() : "stop"});
    act_on_peer(node_, service_.name(), verb.substr(before.size()), words, starts ? "start" : "stop", doing);
}

/// An action of its own within the step, with guards of its own: what the target may run by now is not started here.
void Instance::start_here_again(const ActOptions& options, Doing& doing) const {
    act_within(world_, paths_, *this, Request{.action = "start", .goal = Goal::up, .by = Request::By::mover}, options, doing);
}

}  // namespace svcmgr
