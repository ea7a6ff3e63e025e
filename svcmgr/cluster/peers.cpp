#include "svcmgr/cluster/peers.h"

#include <fmt/format.h>

#include "drivers/ssh/ssh.h"
#include "drivers/tasks.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

namespace {

using Answer = PeerInstance::Answer;

constexpr int exit_code_not_found = 127;  // of a POSIX shell

SshTarget target_of(const Node& node, const std::string& peer) {
    SshTarget target;
    target.host = peer;
    target.port = static_cast<int>(node.section("ssh").integer("port"));
    for (const std::string& word : node.section("node").list("ruser")) {
        const std::size_t at = word.find('@');
        if (at == std::string::npos || word.substr(at + 1) == peer) target.user = word.substr(0, at);
    }
    return target;
}

PeerInstance problem(Answer answer, std::string reason) {
    PeerInstance instance;
    instance.answer = answer;
    instance.reason = std::move(reason);
    return instance;
}

PeerInstance why_it_did_not_run(const SshOutcome& outcome) {
    using enum SshOutcome::Value;
    switch (outcome.value) {
        case unresolved: return problem(Answer::unresolved, outcome.reason);
        case timed_out: return problem(Answer::silent, outcome.reason);
        case host_key_unknown: return problem(Answer::key_unknown, outcome.reason);
        case host_key_changed: return problem(Answer::key_changed, outcome.reason);
        case not_authorised: return problem(Answer::not_authorised, outcome.reason);
        default: return problem(Answer::unreachable, outcome.reason);
    }
}

std::map<std::string, PeerInstance> answers_of(const std::string& peer, const SshOutcome& outcome, const std::set<std::string>& services) {
    PeerInstance nothing;
    std::map<std::string, PeerInstance> said;
    if (outcome.value != SshOutcome::Value::ran)
        nothing = why_it_did_not_run(outcome);
    else if (outcome.result.exit_code == exit_code_not_found)
        nothing = problem(Answer::without_svcmgr, fmt::format("{} has no svcmgr", peer));
    else if (!outcome.result.ok())
        nothing = problem(Answer::without_svcmgr, fmt::format("the svcmgr of {} does not answer this: {}", peer, outcome.describe()));
    else if (auto report = parse_peer_report(outcome.result.out); !report)
        nothing = problem(Answer::unreadable, fmt::format("what {} said is no answer: {}", peer, report.error()));
    else
        said = std::move(report->instances);
    std::map<std::string, PeerInstance> answers;
    for (const std::string& service : services) {
        const auto found = said.find(service);
        if (found != said.end())
            answers.emplace(service, found->second);
        else if (said.empty())
            answers.emplace(service, nothing);
        else
            answers.emplace(service, problem(Answer::unreadable, fmt::format("{} left it out of its answer", peer)));
    }
    return answers;
}

}  // namespace

std::map<std::string, std::map<std::string, PeerInstance>> ask_peers(World world, const Node& node,
                                                                     const std::map<std::string, std::set<std::string>>& services_by_node,
                                                                     PeerQuestion question) {
    std::map<std::string, std::map<std::string, PeerInstance>> answers;
    std::vector<std::function<void()>> questions;
    const Duration patience = node.section("node").duration("peer_timeout");
    for (const auto& asked : services_by_node) {
        auto& answer = answers[asked.first];
        questions.emplace_back([&world, &node, &answer, &asked, question, patience] {
            const auto& [peer, services] = asked;
            Argv argv{"svcmgr", "peer", question == PeerQuestion::everything ? "status" : "runs"};
            argv.insert(argv.end(), services.begin(), services.end());
            answer = answers_of(peer, world.ssh.run(target_of(node, peer), argv, Deadline::in(world.clock, patience)), services);
        });
    }
    run_together(world.tasks, questions);
    return answers;
}

}  // namespace svcmgr
