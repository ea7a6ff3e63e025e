#include "svcmgr/cluster/peer_answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/cluster/peers.h"

namespace svcmgr {

std::map<std::string, PeerInstance> PeerAnswers::of(const std::vector<std::string>& peers) {
    const std::lock_guard lock(mutex_);
    ServicesByNode questions;
    for (const std::string& peer : peers)
        if (!answers_.contains(peer)) questions[peer] = {service_};
    for (auto& [peer, instances] : ask_peers(world_, node_, questions, PeerQuestion::what_runs))
        answers_.emplace(peer, std::move(instances[service_]));
    std::map<std::string, PeerInstance> wanted;
    for (const std::string& peer : peers) wanted.emplace(peer, answers_.at(peer));
    return wanted;
}

void PeerAnswers::know(const std::map<std::string, PeerInstance>& answers) {
    const std::lock_guard lock(mutex_);
    answers_.insert(answers.begin(), answers.end());
}

std::string PeerAnswers::why_in_use(const std::string& peer, const Rid& rid) {
    const PeerInstance instance = of({peer}).at(peer);
    const auto among = [&](const std::vector<std::string>& rids) { return std::ranges::find(rids, rid.text()) != rids.end(); };
    if (instance.answer != PeerInstance::Answer::given)
        return fmt::format("{} does not say that it is down there: {}", peer, instance.reason);
    if (among(instance.running)) return fmt::format("{} says that {} is up there", peer, rid.text());
    if (among(instance.unknown)) return fmt::format("{} can't say whether {} is up there", peer, rid.text());
    if (instance.starting()) return fmt::format("{} is at it: {}", peer, instance.acting);
    return {};
}

}  // namespace svcmgr
