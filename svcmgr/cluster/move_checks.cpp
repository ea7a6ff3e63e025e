#include "svcmgr/cluster/move_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "svcmgr/cluster/peer_call.h"

namespace svcmgr {

Foreseen ask_outlook(World world, const Node& node, const std::string& service, const std::string& target, const Argv& words,
                     std::string_view input) {
    SshTalk talk;
    talk.input = input;
    const SshOutcome outcome = call_peer(world, node, target, words, Deadline::in(world.clock, to_foresee), talk);
    const PeerInstance answer = call_problem(target, outcome);
    if (answer.answer != PeerInstance::Answer::given) {
        const bool reached = outcome.value == SshOutcome::Value::ran;
        return {{},
                Error(reached ? Error::Code::refused : Error::Code::unreachable,
                      fmt::format("whether {} could start it is not known: {}", target, answer.reason), service,
                      "nothing is stopped here before that is known")};
    }
    auto outlook = parse_outlook(outcome.result.out);
    if (outlook) return {std::move(*outlook), {}};
    return {{},
            Error(Error::Code::refused, fmt::format("what {} said is no answer: {}", target, outlook.error()), service,
                  fmt::format("install the same svcmgr on {}", target))};
}

MoveCheck check_of_target(const Foreseen& foreseen, const std::string& target) {
    MoveCheck check{fmt::format("check {}", target), fmt::format("{} must be able to start it", target), foreseen.problem, {}};
    if (foreseen.outlook && foreseen.outlook->refusal) {
        const Error& why = *foreseen.outlook->refusal;
        check.refusal = Error(why.code() == Error::Code::unreachable ? Error::Code::unreachable : Error::Code::refused,
                              fmt::format("{} would not take it: {}", target, why.message()), why.where(), why.hint());
    }
    return check;
}

MoveCheck check_of_config(const Foreseen& foreseen, const std::string& target, const std::string& own, const Service& service,
                          OtherConfig other) {
    MoveCheck check{"check env file", fmt::format("{} must have the same", target), {}, {}};
    if (!foreseen.outlook || foreseen.outlook->config == own) return check;
    const std::string what = fmt::format("the env file of {} is another one than this node's", target);
    if (other == OtherConfig::is_a_risk)
        check.risk = what + ": that is what it is started as";
    else
        check.refusal =
            Error(Error::Code::refused, what, service.file(),
                  fmt::format("make both the same (svcmgr -s {} sync nodes), or take the other one with --force", service.name()));
    return check;
}

MoveCheck check_of_others(const std::map<std::string, PeerInstance>& peers, const std::string& target, const Service& service) {
    MoveCheck check{"check peers", "no other node may run it", {}, {}};
    for (const auto& [node, instance] : peers)
        if (instance.runs() && !check.refusal)
            check.refusal =
                Error(Error::Code::refused, fmt::format("it runs on {} ({})", node, fmt::join(instance.running, ", ")), service.name(),
                      node == target ? std::string("it runs here, too: stop it on one of the two nodes")
                                     : fmt::format("let that node move it: --node {}", node));
    return check;
}

namespace {

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

}  // namespace

void act_on_peer(const Node& node, const std::string& service, const std::string& peer, const Argv& words, std::string_view what,
                 Doing& doing) {
    SshTalk talk;
    talk.on_error_line = [&](std::string_view line) { doing.note(LogLine::Level::info, std::string(without_beginning(line, service))); };
    const SshOutcome outcome = call_peer(doing.world, node, peer, words, doing.deadline, talk);
    if (outcome.value == SshOutcome::Value::interrupted) throw Error(Error::Code::interrupted, outcome.reason, peer);
    if (outcome.value != SshOutcome::Value::ran)
        throw Error(Error::Code::unreachable, fmt::format("how the {} on {} ended is not known: {}", what, peer, outcome.reason), peer,
                    fmt::format("see what became of it there: print status, on {}", peer));
    if (outcome.result.ok()) return;
    const std::string why = first_error(outcome.result.err);
    throw Error(Error::Code::failed,
                fmt::format("the {} on {} ended with {}{}", what, peer, outcome.result.exit_code, why.empty() ? why : ": " + why), peer,
                fmt::format("svcmgr print actions says more, on {}", peer));
}

}  // namespace svcmgr
