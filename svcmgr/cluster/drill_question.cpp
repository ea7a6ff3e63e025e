#include "svcmgr/cluster/drill_question.h"

#include <fmt/format.h>

#include "drivers/tasks.h"
#include "svcmgr/action/peer_guard.h"
#include "svcmgr/cluster/drill_document.h"
#include "svcmgr/cluster/peer_call.h"

namespace svcmgr {

namespace {

using Answer = PeerInstance::Answer;

/// It looks at all of its services, and asks its own peers.
constexpr Duration patience = std::chrono::minutes(2);
constexpr CommandLimits limits{.output_bytes = 64 << 20};
/// How a svcmgr ends that does not know the question (design.md 11).
constexpr int exit_code_invalid = 2;

NodeDrill without_answer(const std::string& peer, const PeerInstance& why) {
    NodeDrill drill;
    drill.checks = {{std::string(check_of_answer), DrillCheck::Result::unknown, why.reason, remedy(peer, why)}};
    return drill;
}

/// A node that hangs may have more to say when it is given time.
bool out_of_reach(const PeerInstance& instance) {
    switch (instance.answer) {
        case Answer::unresolved:
        case Answer::unreachable:
        case Answer::refused:
        case Answer::key_unknown:
        case Answer::key_changed:
        case Answer::not_authorised:
        case Answer::without_svcmgr: return true;
        default: return false;
    }
}

PeerInstance problem_of(const std::string& peer, const SshOutcome& outcome) {
    if (outcome.value == SshOutcome::Value::ran && outcome.result.exit_code == exit_code_invalid)
        return no_instance(Answer::other_version, fmt::format("the svcmgr of {} knows no drill", peer));
    return call_problem(peer, outcome);
}

std::map<std::string, NodeDrill> without_answers(const std::string& peer, const PeerInstance& why, const std::set<std::string>& services) {
    std::map<std::string, NodeDrill> answers;
    for (const std::string& service : services) answers.emplace(service, without_answer(peer, why));
    return answers;
}

std::map<std::string, NodeDrill> answers_of(const std::string& peer, const SshOutcome& outcome, const std::set<std::string>& services) {
    PeerInstance nothing = problem_of(peer, outcome);
    std::map<std::string, NodeDrill> answers;
    if (nothing.answer == Answer::given) {
        auto document = parse_drill(outcome.result.out);
        nothing = document ? no_instance(Answer::unreadable, fmt::format("{} left it out of its answer", peer))
                           : no_instance(peer, document.error());
        if (document)
            for (auto& [service, drill] : document->services)
                if (const auto own = drill.nodes.find(peer); own != drill.nodes.end() && services.contains(service))
                    answers.emplace(service, std::move(own->second));
    }
    answers.merge(without_answers(peer, nothing, services));
    return answers;
}

}  // namespace

std::map<std::string, std::map<std::string, NodeDrill>> ask_drills(World world, const Node& node, const ServicesByNode& services_by_node,
                                                                   const InstancesByService& what_runs) {
    std::map<std::string, std::map<std::string, NodeDrill>> answers;
    std::vector<std::function<void()>> questions;
    for (const auto& asked : services_by_node) {
        auto& answer = answers[asked.first];
        const PeerInstance& said = what_runs.at(*asked.second.begin()).at(asked.first);
        if (out_of_reach(said)) {
            answer = without_answers(asked.first, said, asked.second);
            continue;
        }
        questions.emplace_back([&world, &node, &answer, &asked] {
            const auto& [peer, services] = asked;
            Argv words{"drill"};
            words.insert(words.end(), services.begin(), services.end());
            answer = answers_of(peer, call_peer(world, node, peer, words, Deadline::in(world.clock, patience), {}, limits), services);
        });
    }
    run_together(world.tasks, questions);
    return answers;
}

}  // namespace svcmgr
