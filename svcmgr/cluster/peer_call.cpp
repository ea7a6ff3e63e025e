#include "svcmgr/cluster/peer_call.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

using Answer = PeerInstance::Answer;

constexpr int exit_code_not_found = 127;  // of a POSIX shell

PeerInstance why_it_did_not_run(const SshOutcome& outcome) {
    using enum SshOutcome::Value;
    switch (outcome.value) {
        case unresolved: return no_instance(Answer::unresolved, outcome.reason);
        case refused: return no_instance(Answer::refused, outcome.reason);
        case timed_out: return no_instance(Answer::silent, outcome.reason);
        case host_key_unknown: return no_instance(Answer::key_unknown, outcome.reason);
        case host_key_changed: return no_instance(Answer::key_changed, outcome.reason);
        case not_authorised: return no_instance(Answer::not_authorised, outcome.reason);
        default: return no_instance(Answer::unreachable, outcome.reason);
    }
}

}  // namespace

PeerInstance no_instance(PeerInstance::Answer answer, std::string reason) {
    PeerInstance instance;
    instance.answer = answer;
    instance.reason = std::move(reason);
    return instance;
}

PeerInstance no_instance(const std::string& peer, const NoReport& why) {
    if (why.version.empty()) return no_instance(Answer::unreadable, fmt::format("what {} said is no answer: {}", peer, why.reason));
    return no_instance(Answer::other_version,
                       fmt::format("{} has svcmgr {}, whose answers svcmgr {} does not know", peer, why.version, SVCMGR_VERSION));
}

SshTarget peer_target(const Node& node, const std::string& peer) {
    SshTarget target;
    target.host = peer;
    target.port = static_cast<int>(node.section("ssh").integer("port"));
    for (const std::string& word : node.section("node").list("ruser")) {
        const std::size_t at = word.find('@');
        if (at == std::string::npos || word.substr(at + 1) == peer) target.user = word.substr(0, at);
    }
    return target;
}

SshOutcome call_peer(World world, const Node& node, const std::string& peer, const Argv& words, Deadline deadline, const SshTalk& talk,
                     const CommandLimits& limits) {
    Argv argv{"svcmgr", "peer"};
    // What looks like an option is one of the verb's, not of svcmgr's.
    if (std::ranges::any_of(words, [](const std::string& word) { return word.starts_with('-'); })) argv.emplace_back("--");
    argv.insert(argv.end(), words.begin(), words.end());
    return world.ssh.talk(peer_target(node, peer), argv, talk, deadline, limits);
}

PeerInstance call_problem(const std::string& peer, const SshOutcome& outcome) {
    if (outcome.value != SshOutcome::Value::ran) return why_it_did_not_run(outcome);
    if (outcome.result.exit_code == exit_code_not_found) return no_instance(Answer::without_svcmgr, fmt::format("{} has no svcmgr", peer));
    if (!outcome.result.ok())
        return no_instance(Answer::without_svcmgr, fmt::format("the svcmgr of {} does not answer this: {}", peer, outcome.describe()));
    return no_instance(Answer::given, "");
}

}  // namespace svcmgr
