// switch, migrate, takeover, giveback: on which node a service runs.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "drivers/error.h"
#include "svcmgr/action/migrate_plan.h"
#include "svcmgr/cluster/peers.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/remote.h"

namespace svcmgr {

namespace {

int act(Context& context, const Instance& instance, const Move& move) {
    if (context.line().has("dry-run")) return show_plan(context, instance.plan(move));
    return do_action(context, instance.service().name(), [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
        return instance.act(move, options, watchers);
    });
}

int move_to(Context& context, const LoadedService& loaded, const std::string& target, Move::How how) {
    const Service& service = *loaded.service;
    check_peer(context, service, target);
    const std::vector<std::string> nodes = service.nodes();
    if (std::ranges::find(nodes, target) == nodes.end())
        throw Error(Error::Code::refused, fmt::format("{} is a node of the other site", target), service.name(),
                    fmt::format("stop it here, then start it there: svcmgr -s {} start --node {}", service.name(), target));
    const Instance instance(context.world(), context.paths(), context.node(), service);
    const std::string_view action = how == Move::How::live ? migrate_action : "switch";
    return act(context, instance,
               {std::string(action), target, context.line().has("force"), how, false, asked_by(context.line()), context.line().reason});
}

int run_move(Context& context, Move::How how) {
    if (!context.line().has("to"))
        throw Error(Error::Code::invalid, "where to?", "", fmt::format("svcmgr -s NAME {} --to NODE", context.command));
    return context.for_each_service(
        [&](const std::string& name) { return move_to(context, context.load_strictly(name), context.line().target, how); });
}

int run_switch(Context& context) {
    return run_move(context, Move::How::by_stopping);
}

int run_migrate(Context& context) {
    return run_move(context, Move::How::live);
}

int start_here(Context& context, const LoadedService& loaded) {
    const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
    const Request request = request_for(context, *loaded.service, {}, "start");
    if (context.line().has("dry-run")) return show_plan(context, instance.plan(request));
    return do_action(context, loaded.service->name(), [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
        return instance.act(request, options, watchers);
    });
}

/// The peer that runs it; empty when none says so.
std::string who_runs(Context& context, const Service& service) {
    const InstancesByService answers = ask_peers_of(context.world(), context.node(), {&service}, PeerQuestion::what_runs);
    for (const auto& [name, instances] : answers)
        for (const auto& [peer, instance] : instances)
            if (instance.runs()) return peer;
    return {};
}

int let_move(Context& context, const Service& service, const std::string& source, const std::string& target) {
    std::vector<std::string> options = options_for_peer(context.line());
    options.insert(options.end(), {"--to", target});
    return act_on_peer(context, service.name(), source, std::move(options), {"switch"});
}

/// Whom a peer runs it for gives it away itself; when none does, this is a start, with the guards of one.
int take_over(Context& context, const LoadedService& loaded) {
    const std::string source = who_runs(context, *loaded.service);
    context.check_signals();
    if (source.empty()) return start_here(context, loaded);
    return let_move(context, *loaded.service, source, context.node().name());
}

int run_takeover(Context& context) {
    return context.for_each_service([&](const std::string& name) { return take_over(context, context.load_strictly(name)); });
}

int give_back(Context& context, const LoadedService& loaded) {
    const Service& service = *loaded.service;
    const std::vector<std::string> nodes = service.nodes();
    if (nodes.empty()) throw Error(Error::Code::invalid, "it has no nodes", service.file(), "say where it may run: nodes = NODE NODE");
    const std::string& leader = nodes.front();
    const std::string source = who_runs(context, service);
    context.check_signals();
    const auto done = [&](std::string_view what) {
        fmt::print(context.terminal().err, "svcmgr: {} {}: there is nothing to give back\n", service.name(), what);
        return 0;
    };
    if (source == leader) return done(fmt::format("runs on {}, as it should", leader));
    if (!source.empty()) return let_move(context, service, source, leader);
    if (leader != context.node().name()) {
        const Instance instance(context.world(), context.paths(), context.node(), service);
        const Status here = service.summarize(instance.observe({}, Purpose::show)).avail;
        if (here == Status::down || here == Status::standby_up || here == Status::standby_down)
            return done("does not run on any node that answers");
        return move_to(context, loaded, leader, Move::How::by_stopping);
    }
    return done(fmt::format("runs on no other node that answers than {}", leader));
}

int run_giveback(Context& context) {
    return context.for_each_service([&](const std::string& name) { return give_back(context, context.load_strictly(name)); });
}

}  // namespace

std::vector<Command> move_commands() {
    constexpr std::string_view section = "Actions on a service";
    const std::vector<std::string_view> options = {"force", "dry-run", "disable-rollback", "waitlock",
                                                   "jobs",  "reason",  "format",           "by-engine"};
    std::vector<std::string_view> with_target = options;
    with_target.insert(with_target.end(), {"to", "node"});
    const std::vector<std::string_view> of_others = {"force", "dry-run", "waitlock", "reason", "format", "by-engine"};
    return {
        {"switch",
         "",
         section,
         "Stop the service here and start it on the node that --to names.",
         with_target,
         run_switch,
         {"text", "json"},
         "Before anything is stopped the target is asked whether it could start it: a refusal there is a refusal here. When it fails on "
         "the "
         "way, the service is started here again; what can't be put right is said, with exit code 5. After a kill, recover --redo goes on "
         "to the target, and recover --undo comes back."},
        {"migrate",
         "",
         section,
         "Move the service to the node that --to names while its guest runs.",
         with_target,
         run_migrate,
         {"text", "json"},
         "For guests of kvm, through svcmgr's own ssh connection; libvirt needs no TLS for it, and no port is opened. Before anything is "
         "changed the target is asked whether the guest could come: its processors, memory, disks and definition. Reserved disks are "
         "handed "
         "over without a moment in which a third node could write. Ctrl-C, migrate_timeout and whatever fails leave the guest running "
         "where "
         "it was. What the node itself carries (ip, fs, app) can't move while it is used: that is refused, and switch moves it. Guests of "
         "other technologies are stopped and started, as switch does. After a kill, recover --redo goes on to the target, and recover "
         "--undo keeps the guest here as long as it has not left. A target whose key for this node is limited to svcmgr peer has to agree, "
         "by live_migration of its node.conf."},
        {"takeover",
         "",
         section,
         "Make the service run here: whichever node runs it stops it first.",
         of_others,
         run_takeover,
         {"text", "json"},
         "The node that runs it does the switch. When none runs it this is a start, with its guards: a node that can't be asked is a "
         "refusal."},
        {"giveback",
         "",
         section,
         "Move the service to the node that should run it, the first of its nodes.",
         of_others,
         run_giveback,
         {"text", "json"}},
    };
}

}  // namespace svcmgr
