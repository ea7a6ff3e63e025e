#include "svcmgr/cluster/peers.h"

#include <fmt/format.h>

#include "drivers/tasks.h"
#include "svcmgr/cluster/peer_call.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

namespace {

using Answer = PeerInstance::Answer;

std::map<std::string, PeerInstance> answers_of(const std::string& peer, const SshOutcome& outcome, const std::set<std::string>& services) {
    PeerInstance nothing = call_problem(peer, outcome);
    std::map<std::string, PeerInstance> said;
    if (nothing.answer == Answer::given) {
        if (auto report = parse_peer_report(outcome.result.out))
            said = std::move(report->instances);
        else if (!report.error().version.empty())
            nothing = no_instance(Answer::other_version, fmt::format("{} has svcmgr {}, whose answers svcmgr {} does not know", peer,
                                                                     report.error().version, SVCMGR_VERSION));
        else
            nothing = no_instance(Answer::unreadable, fmt::format("what {} said is no answer: {}", peer, report.error().reason));
    }
    std::map<std::string, PeerInstance> answers;
    for (const std::string& service : services) {
        const auto found = said.find(service);
        if (found != said.end())
            answers.emplace(service, found->second);
        else if (said.empty())
            answers.emplace(service, nothing);
        else
            answers.emplace(service, no_instance(Answer::unreadable, fmt::format("{} left it out of its answer", peer)));
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
            Argv words{question == PeerQuestion::everything ? "status" : "runs"};
            words.insert(words.end(), services.begin(), services.end());
            answer = answers_of(peer, call_peer(world, node, peer, words, Deadline::in(world.clock, patience)), services);
        });
    }
    run_together(world.tasks, questions);
    return answers;
}

std::map<std::string, std::map<std::string, PeerInstance>> ask_peers_of(World world, const Node& node,
                                                                        const std::vector<const Service*>& services) {
    std::map<std::string, std::set<std::string>> questions;
    for (const Service* service : services)
        for (const std::string& peer : service->peers_of(node.name())) questions[peer].insert(service->name());
    std::map<std::string, std::map<std::string, PeerInstance>> by_service;
    for (auto& [peer, answers] : ask_peers(world, node, questions, PeerQuestion::everything))
        for (auto& [service, instance] : answers) by_service[service].emplace(peer, std::move(instance));
    return by_service;
}

}  // namespace svcmgr
