// --node: a command that a peer runs.

#include "svcmgr/command/remote.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/options.h"
#include "svcmgr/cluster/peer_call.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

/// The peer has deadlines of its own for everything that it does; this one is for a peer that is gone without a word.
constexpr Duration as_long_as_it_takes = std::chrono::hours(6);

/// What a shell says of a command that it can't run (127, and 126) is not svcmgr's.
bool no_svcmgr(int code) {
    return code == 126 || code == 127;
}

}  // namespace

void check_peer(Context& context, const Service& service, const std::string& node) {
    const std::vector<std::string> peers = service.peers_of(context.node().name());
    if (std::ranges::find(peers, node) != peers.end()) return;
    throw Error(
        Error::Code::invalid,
        node == context.node().name() ? fmt::format("{} is this node", node) : fmt::format("{} is no node of {}", node, service.name()),
        service.defaults().place_of("nodes").to_string(),
        peers.empty() ? "the service has no other node" : fmt::format("its other nodes are {}", fmt::join(peers, ", ")));
}

int act_on_peer(Context& context, const std::string& service, const std::string& peer, std::vector<std::string> options,
                const std::vector<std::string>& action) {
    Argv words{"act"};
    std::ranges::move(options, std::back_inserter(words));
    words.push_back(service);
    words.insert(words.end(), action.begin(), action.end());
    Terminal& terminal = context.terminal();
    SshTalk talk;
    talk.on_error_line = [&](std::string_view line) {
        fmt::print(terminal.err, "{}: {}\n", peer, printable(std::string(line)));
        terminal.err.flush();
    };
    const SshOutcome outcome =
        call_peer(context.world(), context.node(), peer, words, Deadline::in(context.world().clock, as_long_as_it_takes), talk);
    if (outcome.value == SshOutcome::Value::interrupted)
        throw Error(Error::Code::interrupted, fmt::format("{} goes on with it", peer), service,
                    fmt::format("svcmgr -s {} print status shows what becomes of it", service));
    if (outcome.value != SshOutcome::Value::ran)
        throw Error(Error::Code::unreachable, outcome.reason, service,
                    fmt::format("svcmgr -s {} print status shows what is known", service));
    terminal.out << outcome.result.out;
    if (no_svcmgr(outcome.result.exit_code))
        throw Error(Error::Code::refused, call_problem(peer, outcome).reason, service, fmt::format("install the same svcmgr on {}", peer));
    return outcome.result.exit_code;
}

int run_on_peer(Context& context, const Command& command) {
    const std::string& node = context.line().on_node;
    if (node == context.node().name()) return command.run(context);
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        check_peer(context, *loaded.service, node);
        return act_on_peer(context, name, node, options_for_peer(context.line()), split_words(command.words));
    });
}

}  // namespace svcmgr
