// What a start on this node would need, for a peer that asks.

#include "drivers/error.h"
#include "svcmgr/cluster/drill_document.h"
#include "svcmgr/command/peer_verbs.h"

namespace svcmgr {

namespace {

/// `drill SERVICE…`. It takes no option: there is nothing that it could change.
int run_drill(Context& context, const std::vector<std::string>& services) {
    for (const std::string& name : services) check_service_name(name);
    const Node& node = context.node();
    DrillDocument document{node.name(), SVCMGR_VERSION, {}};
    const WallTime begun = context.world().clock.wall();
    const auto add = [&](const std::string& service, NodeDrill drill) {
        document.services[service] = {begun, {{node.name(), std::move(drill)}}};
    };
    std::vector<LoadedService> loaded;
    for (const std::string& name : services) {
        try {
            loaded.push_back(load_service(context.world().files, context.paths(), node, name));
        } catch (const Error& error) {
            add(name, drill_without_env_file(error));
        }
    }
    const InstancesByService what_runs = ask_peers_of(context.world(), node, services_of(loaded), PeerQuestion::what_runs);
    for (auto& [service, drill] : drill_here(context.world(), context.paths(), node, loaded, what_runs)) add(service, std::move(drill));
    context.check_signals();
    context.terminal().out << to_json(document) << '\n';
    return 0;
}

}  // namespace

std::vector<PeerVerb> peer_drill_verbs() {
    return {{"drill", "SERVICE…", "what a start of them would need here", run_drill}};
}

}  // namespace svcmgr
