// A service that leaves this node: what the target is asked, and the steps that are no resource's.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/tasks.h"
#include "svcmgr/action/move_plan.h"
#include "svcmgr/cluster/inner_action.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/outlook.h"
#include "svcmgr/cluster/peer_call.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

namespace {

/// A look there, and its own questions to its peers.
constexpr Duration to_foresee = std::chrono::seconds(15);

struct Foreseen {
    std::optional<Outlook> outlook;
    std::optional<Error> problem;  ///< why there is none
};

Foreseen ask_outlook(World world, const Node& node, const std::string& service, const Move& move) {
    Argv words{"could", service, node.name()};
    if (move.force) words.emplace_back("--force");
    const SshOutcome outcome = call_peer(world, node, move.target, words, Deadline::in(world.clock, to_foresee));
    const PeerInstance answer = call_problem(move.target, outcome);
    if (answer.answer != PeerInstance::Answer::given) {
        const bool reached = outcome.value == SshOutcome::Value::ran;
        return {{},
                Error(reached ? Error::Code::refused : Error::Code::unreachable,
                      fmt::format("whether {} could start it is not known: {}", move.target, answer.reason), service,
                      "nothing is stopped here before that is known")};
    }
    auto outlook = parse_outlook(outcome.result.out);
    if (outlook) return {std::move(*outlook), {}};
    return {{},
            Error(Error::Code::refused, fmt::format("what {} said is no answer: {}", move.target, outlook.error()), service,
                  fmt::format("install the same svcmgr on {}", move.target))};
}

MoveCheck check_of_target(const Foreseen& foreseen, const std::string& target) {
    MoveCheck check{fmt::format("check {}", target), fmt::format("{} must be able to start it", target), foreseen.problem, {}};
    if (foreseen.outlook && foreseen.outlook->refusal) {
        const Error& why = *foreseen.outlook->refusal;
        check.refusal = Error(why.code() == Error::Code::unreachable ? Error::Code::unreachable : Error::Code::refused,
                              fmt::format("{} would not start it: {}", target, why.message()), why.where(), why.hint());
    }
    return check;
}

MoveCheck check_of_config(const Foreseen& foreseen, const Move& move, const std::string& own, const Service& service) {
    MoveCheck check{"check env file", fmt::format("{} must have the same", move.target), {}, {}};
    if (!foreseen.outlook || foreseen.outlook->config == own) return check;
    const std::string what = fmt::format("the env file of {} is another one than this node's", move.target);
    if (move.force)
        check.risk = what + ": that is what it is started as";
    else
        check.refusal =
            Error(Error::Code::refused, what, service.file(),
                  fmt::format("make both the same (svcmgr -s {} sync nodes), or take the other one with --force", service.name()));
    return check;
}

MoveCheck check_of_others(const std::map<std::string, PeerInstance>& peers, const Move& move, const Service& service) {
    MoveCheck check{"check peers", "no other node may run it", {}, {}};
    for (const auto& [node, instance] : peers)
        if (instance.runs() && !check.refusal)
            check.refusal =
                Error(Error::Code::refused, fmt::format("it runs on {} ({})", node, fmt::join(instance.running, ", ")), service.name(),
                      node == move.target ? std::string("it runs here, too: stop it on one of the two nodes")
                                          : fmt::format("let that node move it: --node {}", node));
    return check;
}

/// "svcmgr: …", the first line of an error that was printed.
std::string first_error(const std::string& text) {
    constexpr std::string_view before = "svcmgr: ";
    std::size_t at = text.starts_with(before) ? 0 : text.find(fmt::format("\n{}", before));
    if (at == std::string::npos) return {};
    if (at != 0) ++at;
    at += before.size();
    return text.substr(at, text.find('\n', at) - at);
}

/// Without the time and the service, which stand before every line already: "10:00:05 vm188 container#1 start: begun".
std::string_view without_beginning(std::string_view line, const std::string& service) {
    constexpr std::size_t time = 9;
    const bool timed = line.size() > time && line[2] == ':' && line[5] == ':' && line[8] == ' ';
    const std::string before = service + " ";
    return timed && line.substr(time).starts_with(before) ? line.substr(time + before.size()) : line;
}

void act_on_peer(const Node& node, const std::string& service, const std::string& peer, const Argv& words, Doing& doing) {
    SshTalk talk;
    talk.on_error_line = [&](std::string_view line) { doing.note(LogLine::Level::info, std::string(without_beginning(line, service))); };
    const SshOutcome outcome = call_peer(doing.world, node, peer, words, doing.deadline, talk);
    const std::string action = words.front() == "take" ? "start" : words.back();
    if (outcome.value == SshOutcome::Value::interrupted) throw Error(Error::Code::interrupted, outcome.reason, peer);
    if (outcome.value != SshOutcome::Value::ran)
        throw Error(Error::Code::unreachable, fmt::format("how the {} on {} ended is not known: {}", action, peer, outcome.reason), peer,
                    fmt::format("see what became of it there: print status, on {}", peer));
    if (outcome.result.ok()) return;
    const std::string why = first_error(outcome.result.err);
    throw Error(Error::Code::failed,
                fmt::format("the {} on {} ended with {}{}", action, peer, outcome.result.exit_code, why.empty() ? why : ": " + why), peer,
                fmt::format("svcmgr print actions says more, on {}", peer));
}

}  // namespace

Plan Instance::plan(const Move& move) const {
    const Request stop{.action = move.action, .goal = Goal::down, .force = move.force};
    Observation observation;
    Foreseen foreseen;
    std::map<std::string, PeerInstance> peers;
    run_together(world_.tasks, {[&] { observation = look(stop, {}); },
                                [&] { foreseen = ask_outlook(world_, node_, service_.name(), move); }, [&] { peers = ask_peers(); }});
    const std::string own = mark_of(world_.files.read(service_.file()).value_or(""));
    const std::vector<MoveCheck> checks{check_of_others(peers, move, service_), check_of_target(foreseen, move.target),
                                        check_of_config(foreseen, move, own, service_)};
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
    doing.changing();
    if (verb.starts_with(leave_verb)) return;
    if (verb == come_back_verb) return start_here_again(options, doing);
    const bool starts = verb.starts_with(start_there_verb);
    const std::string_view before = starts ? start_there_verb : stop_there_verb;
    Argv words{starts ? "take" : "act"};
    if (options.force) words.emplace_back("--force");
    words.insert(words.end(), {"--reason", options.reason.empty() ? fmt::format("moved by {}", node_.name()) : options.reason,
                               service_.name(), starts ? node_.name() : "stop"});
    act_on_peer(node_, service_.name(), verb.substr(before.size()), words, doing);
}

/// An action of its own within the step, with guards of its own: what the target may run by now is not started here.
void Instance::start_here_again(const ActOptions& options, Doing& doing) const {
    act_within(world_, paths_, *this, Request{.action = "start", .goal = Goal::up}, options, doing);
}

}  // namespace svcmgr
