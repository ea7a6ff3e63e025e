#include "svcmgr/cluster/replication/peer_talk.h"

#include <fmt/format.h>

#include "drivers/block/sysfs.h"
#include "drivers/signals.h"
#include "svcmgr/cluster/peer_call.h"

namespace svcmgr {

namespace {

/// "svcmgr: /etc/…: no space left on the device": what it is without the name of the program.
std::string own_words(const SshOutcome& outcome) {
    std::string_view text = trimmed(outcome.result.err);
    constexpr std::string_view program = "svcmgr: ";
    if (text.starts_with(program)) text.remove_prefix(program.size());
    const std::size_t end = text.find('\n');
    std::string words = printable(text.substr(0, end));
    if (end != std::string_view::npos)
        if (const std::string_view hint = trimmed(text.substr(end)); !hint.empty())
            words += fmt::format("; {}", printable(hint.substr(0, hint.find('\n'))));
    return words.empty() ? outcome.describe() : words;
}

}  // namespace

std::string tell_peer(Doing& doing, const Node& node, const std::string& peer, const Argv& words, std::string_view input) {
    SshTalk talk;
    talk.input = input;
    const SshOutcome outcome = call_peer(doing.world, node, peer, words, doing.deadline, talk);
    if (outcome.value == SshOutcome::Value::interrupted || doing.world.signals.pending() != 0)
        throw Error(Error::Code::interrupted, fmt::format("interrupted while talking to {}", peer), peer);
    const PeerInstance problem = call_problem(peer, outcome);
    if (problem.answer == PeerInstance::Answer::given) return outcome.result.out;
    const bool it_said_no = outcome.value == SshOutcome::Value::ran && outcome.result.exit_code != 127;
    if (it_said_no) throw Error(Error::Code::failed, own_words(outcome), peer);
    throw Error(Error::Code::unreachable, problem.reason, peer, fmt::format("svcmgr mon shows what becomes of {}", peer));
}

}  // namespace svcmgr
