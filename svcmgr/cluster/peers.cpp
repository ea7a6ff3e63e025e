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
        else
            nothing = no_instance(peer, report.error());
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

ServicesByNode services_by_peer(const Node& node, const std::vector<const Service*>& services) {
    ServicesByNode by_peer;
    for (const Service* service : services)
        for (const std::string& peer : service->peers_of(node.name())) by_peer[peer].insert(service->name());
    return by_peer;
}

std::map<std::string, std::map<std::string, PeerInstance>> ask_peers(World world, const Node& node, const ServicesByNode& services_by_node,
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

InstancesByService ask_peers_of(World world, const Node& node, const std::vector<const Service*>& services, PeerQuestion question) {
    InstancesByService by_service;
    for (auto& [peer, answers] : ask_peers(world, node, services_by_peer(node, services), question))
        for (auto& [service, instance] : answers) by_service[service].emplace(peer, std::move(instance));
    return by_service;
}

}  // namespace svcmgr
