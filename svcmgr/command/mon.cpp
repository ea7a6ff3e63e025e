// mon: services by nodes.

#include "svcmgr/report/mon.h"

#include "drivers/error.h"
#include "drivers/signals.h"
#include "drivers/tasks.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/cluster/peers.h"
#include "svcmgr/command/command.h"

namespace svcmgr {

namespace {

constexpr Duration interval = std::chrono::seconds(5);
/// Home, and whatever is below erased: the screen does not flicker.
constexpr std::string_view to_top = "\x1b[H\x1b[J";

std::vector<PeerInstance> look_here(Context& context, const std::vector<LoadedService>& loaded) {
    const std::vector<Observation> seen = context.look_at(loaded);
    std::vector<PeerInstance> own;
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        own.push_back(instance_of(*loaded[i].service, seen[i]));
        own.back().config = mark_of(loaded[i].document.text());
        own.back().version = SVCMGR_VERSION;
    }
    return own;
}

int show(Context& context) {
    std::vector<LoadedService> loaded;
    const int code = context.for_each_service([&](const std::string& name) {
        loaded.push_back(context.load(name));
        return 0;
    });
    std::vector<const Service*> services;
    services.reserve(loaded.size());
    for (const LoadedService& one : loaded) services.push_back(one.service.get());
    const Node& node = context.node();
    std::vector<PeerInstance> here;
    std::map<std::string, std::map<std::string, PeerInstance>> there;
    std::vector<std::function<void()>> looks;
    if (!context.line().has("local")) looks.emplace_back([&] { there = ask_peers_of(context.world(), node, services); });
    looks.emplace_back([&] { here = look_here(context, loaded); });
    run_together(context.world().tasks, looks);
    context.check_signals();

    std::vector<ServiceEverywhere> all;
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        ServiceEverywhere everywhere{*services[i], std::move(there[services[i]->name()])};
        everywhere.instances.emplace(node.name(), std::move(here[i]));
        all.push_back(std::move(everywhere));
    }
    std::ostream& out = context.terminal().out;
    const bool redraws = context.line().has("watch") && context.terminal().out_is_terminal;
    if (context.json())
        out << mon_json(all, node.name(), context.world().clock.wall()) << '\n';
    else
        out << (redraws ? to_top : std::string_view()) << mon_text(all);
    out.flush();
    return code;
}

int run_mon(Context& context) {
    if (!context.line().has("watch")) return show(context);
    World world = context.world();
    for (;;) {
        show(context);
        world.clock.sleep_until(world.clock.now() + interval);
        if (const int signal = world.signals.take(); signal != 0) return 128 + signal;
        if (!context.json() && !context.terminal().out_is_terminal) context.terminal().out << '\n';
    }
}

}  // namespace

std::vector<Command> mon_commands() {
    return {
        {"mon",
         "",
         "Looking",
         "Services by nodes: what each is on each of its nodes.",
         {"local", "watch", "format"},
         run_mon,
         {"text", "json"},
         "O up, o stdby up, X down, x stdby down, ! warn, / n/a, ? not known; ^ the node that should run it, * frozen. All nodes are asked "
         "at "
         "once, each once for all services, and each for at most peer_timeout of node.conf."},
    };
}

}  // namespace svcmgr
