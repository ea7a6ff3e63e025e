// What another node asks of this one about a guest that moves here while it runs (svcmgr/cluster/instance_migrate.cpp).

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/host.h"
#include "svcmgr/action/migrate_plan.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/peer_verbs.h"

namespace svcmgr {

namespace {

using Words = std::vector<std::string>;

constexpr Duration patience = std::chrono::minutes(1);

/// A service that comes from another of its nodes.
struct Arrival {
    LoadedService loaded;
    const Container* container = nullptr;
};

Arrival arrival_of(Context& context, const std::string& name, const std::string& from) {
    check_service_name(name);
    check_service_name(from);
    Arrival arrival{context.load_strictly(name)};
    const Service& service = *arrival.loaded.service;
    const std::vector<std::string> nodes = service.nodes();
    for (const std::string& node : {from, context.node().name()})
        if (std::ranges::find(nodes, node) == nodes.end())
            throw Error(Error::Code::refused, fmt::format("{} is not one of its nodes", node), name);
    const std::vector<const Container*> containers = containers_of(service);
    if (containers.size() != 1)
        throw Error(Error::Code::refused, fmt::format("it has {} guests here, and one can come", containers.size()), name);
    arrival.container = containers.front();
    return arrival;
}

/// libvirt lets whoever is connected define any guest, with any file of this node: that is as much as root can do. A key that is limited to
/// `svcmgr peer` is not root's, so its owner has to agree.
void check_trusted(Context& context) {
    check_leave(context, "live_migration", "lets no guest come while it runs", ", or let the guest be stopped: switch");
}

/// `host [--force] SERVICE NODE`: whether its guest, which the standard input describes, could come here from NODE while it runs.
int run_host(Context& context, const Words& words) {
    const CommandLine line = parse_command_line(words);
    if (line.words.size() != 2 || std::ranges::any_of(line.given, [](const std::string& option) { return option != "force"; }))
        throw Error(Error::Code::invalid, "which guest, and from where?", "svcmgr peer host", "a service and a node");
    const std::string description = context.terminal().read_input();
    Outlook outlook;
    try {
        const Arrival arrival = arrival_of(context, line.words[0], line.words[1]);
        check_trusted(context);
        outlook = outlook_of_start(context, arrival.loaded, line.words[1], line.has("force"));
        if (!outlook.refusal)
            outlook.refusal = arrival.container->live_migration(context.world())
                                  .obstacle(arrival.container->guest(), description, Deadline::in(context.world().clock, patience / 6));
    } catch (const Error& error) {
        outlook.refusal = Error(Error::Code::refused, error.message(), error.where(), error.hint());
    }
    context.terminal().out << to_json(outlook) << '\n';
    return 0;
}

/// `door SERVICE NODE`: becomes the connection to this node's hypervisor.
int run_door(Context& context, const Words& words) {
    if (words.size() != 2) throw Error(Error::Code::invalid, "this takes SERVICE and NODE", "svcmgr peer door");
    const Arrival arrival = arrival_of(context, words[0], words[1]);
    check_trusted(context);
    const Argv door = arrival.container->live_migration(context.world()).door();
    if (const std::string problem = context.terminal().hand_over(door); !problem.empty())
        throw Error(Error::Code::failed, problem, door.front(), "it comes with libvirt's daemon");
    return 0;
}

int play(Context& context, const Words& words, std::string_view verb, std::string_view reason) {
    const CommandLine line = parse_command_line(words);
    if (line.words.size() != 2 || std::ranges::any_of(line.given, [](const std::string& option) { return option != "reason"; }))
        throw Error(Error::Code::invalid, "this takes SERVICE and NODE", fmt::format("svcmgr peer {}", verb));
    const Arrival arrival = arrival_of(context, line.words[0], line.words[1]);
    const Instance instance(context.world(), context.paths(), context.node(), *arrival.loaded.service);
    const auto steps = [&] {
        Step step;
        step.rid = arrival.container->rid();
        step.verb = verb;
        step.reason = fmt::format("{} {}", line.words[1], reason);
        step.deadline = patience;
        return std::vector<Step>{step};
    };
    return do_action(context, line.words[0], [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
        ActOptions own = options;
        own.reason = line.reason;
        return instance.carry_out(std::string(verb), steps, own, watchers);
    });
}

int run_go_on(Context& context, const Words& words) {
    return play(context, words, Container::go_on_verb, "has let it go");
}

int run_turn_away(Context& context, const Words& words) {
    return play(context, words, Container::turn_away_verb, "keeps it");
}

}  // namespace

std::vector<PeerVerb> peer_migration_verbs() {
    return {
        {"host", "[--force] SERVICE NODE", "whether its guest could come here from that node while it runs", run_host},
        {"door", "SERVICE NODE", "the way to this node's hypervisor, by which a guest comes", run_door},
        {"go-on", "[--reason TEXT] SERVICE NODE", "run the guest that has come here and waits", run_go_on},
        {"turn-away", "SERVICE NODE", "end what has come here and does not run: the guest stays there", run_turn_away},
    };
}

}  // namespace svcmgr
