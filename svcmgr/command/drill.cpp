// drill: who could take over now.

#include "svcmgr/report/drill.h"

#include <algorithm>
#include <map>

#include "drivers/error.h"
#include "drivers/tasks.h"
#include "svcmgr/cluster/drill_question.h"
#include "svcmgr/cluster/kept_drill.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/error_text.h"

namespace svcmgr {

namespace {

constexpr int not_everywhere = 1;

/// The services and where they may run.
struct Drilled {
    std::vector<LoadedService> services;
    std::vector<std::string> nodes;  ///< in the order in which the services name them
};

void add(Drilled& drilled, LoadedService loaded) {
    for (const std::string& node : loaded.service->peers_of(""))
        if (std::ranges::find(drilled.nodes, node) == drilled.nodes.end()) drilled.nodes.push_back(node);
    drilled.services.push_back(std::move(loaded));
}

/// A node that would start something else than this one does not count as one that could take over.
void compare_env_files(const NodeDrill& own, NodeDrill& other, const std::string& us, const std::string& service) {
    if (own.config.empty() || other.config.empty() || own.config == other.config) return;
    other.checks.push_back({std::string(check_of_env_file), DrillCheck::Result::missing, "it is another one than that of " + us,
                            "make both the same: svcmgr -s " + service + " sync nodes, on the node whose file is right"});
}

DrillDocument drill_everywhere(Context& context, const Drilled& drilled) {
    const Node& node = context.node();
    const std::string& us = node.name();
    DrillDocument document{us, SVCMGR_VERSION, {}};
    const WallTime begun = context.world().clock.wall();
    std::map<std::string, NodeDrill> here;
    std::map<std::string, std::map<std::string, NodeDrill>> there;
    const std::vector<const Service*> services = services_of(drilled.services);
    const InstancesByService what_runs = ask_peers_of(context.world(), node, services, PeerQuestion::what_runs);
    run_together(context.world().tasks, {[&] { there = ask_drills(context.world(), node, services_by_peer(node, services), what_runs); },
                                         [&] { here = drill_here(context.world(), context.paths(), node, drilled.services, what_runs); }});
    for (const LoadedService& one : drilled.services) {
        const std::string& name = one.service->name();
        ServiceDrill& drill = document.services[name];
        drill.drilled = begun;
        for (const std::string& peer : one.service->peers_of(us)) {
            NodeDrill& said = drill.nodes[peer] = std::move(there.at(peer).at(name));
            compare_env_files(here.at(name), said, us, name);
        }
        const std::vector<std::string> all = one.service->peers_of("");
        if (std::ranges::find(all, us) != all.end()) drill.nodes[us] = std::move(here.at(name));
    }
    return document;
}

/// A disk without room keeps nobody from seeing what was found.
int keep(Context& context, const DrillDocument& document, OtherServices others) {
    try {
        keep_drill(context.world().files, context.paths(), document, others);
        return 0;
    } catch (const Error& error) {
        context.terminal().err << error_text(error);
        return exit_code(error);
    }
}

int run_drill(Context& context) {
    Drilled drilled;
    int code = context.for_each(context.chosen_services_if_any(), [&](const std::string& name) {
        add(drilled, context.load(name));
        return 0;
    });
    const DrillDocument document = drill_everywhere(context, drilled);
    context.check_signals();
    const CommandLine& line = context.line();
    const bool all = !line.services && !line.statuses && line.placement == CommandLine::Placement::any;
    context.terminal().out << (context.json() ? to_json(document) + "\n" : drill_text(document, drilled.nodes, context.style()))
                           << std::flush;
    code = std::max(code, keep(context, document, all ? OtherServices::forgotten : OtherServices::kept));
    for (const auto& [name, drill] : document.services)
        if (!drill.possible_everywhere()) code = std::max(code, not_everywhere);
    return code;
}

}  // namespace

std::vector<Command> drill_commands() {
    return {
        {"drill",
         "",
         "Looking",
         "Which nodes could start the services now: what a start would need is looked at on each of them, and nothing is changed.",
         {"format"},
         run_drill,
         {"text", "json"},
         "Guards, hypervisor, definition or image, bridges and networks, processor, memory, disks and their reservations, peers and their "
         "keys, the age of replicas, and whether the env file is the same everywhere; where another node runs the service: as if that one "
         "had just stopped it. Each node looks at itself, and is asked once for all services. Exit code 1 when a node could not start one "
         "of its services, or does not say. What was found is kept in /var/lib/svcmgr/drill.json for `print status --drill` and `metrics`; "
         "svcmgr-drill.timer does it each night."},
    };
}

}  // namespace svcmgr
