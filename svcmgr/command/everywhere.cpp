#include "svcmgr/command/everywhere.h"

#include "drivers/error.h"
#include "drivers/tasks.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/cluster/peers.h"

namespace svcmgr {

namespace {

void load(Context& context, const std::vector<std::string>& names, SeenEverywhere& seen) {
    seen.code = context.for_each(names, [&](const std::string& name) {
        try {
            seen.loaded.push_back(context.load(name));
        } catch (const Error& error) {
            seen.unread[name] = error.what();
            throw;
        }
        return 0;
    });
}

PeerInstance own_instance(const LoadedService& loaded, const Observation& seen) {
    PeerInstance own = instance_of(*loaded.service, seen);
    own.config = mark_of(loaded.document.text());
    own.version = SVCMGR_VERSION;
    return own;
}

}  // namespace

SeenEverywhere look_everywhere(Context& context, const std::vector<std::string>& names) {
    SeenEverywhere seen;
    load(context, names, seen);
    const std::vector<const Service*> services = services_of(seen.loaded);
    const Node& node = context.node();
    InstancesByService there;
    std::vector<std::function<void()>> looks;
    if (!context.line().has("local"))
        looks.emplace_back([&] { there = ask_peers_of(context.world(), node, services, PeerQuestion::everything); });
    looks.emplace_back([&] { seen.here = context.look_at(seen.loaded); });
    run_together(context.world().tasks, looks);
    context.check_signals();

    for (std::size_t i = 0; i < services.size(); ++i) {
        seen.here[i].peers = std::move(there[services[i]->name()]);
        ServiceEverywhere everywhere{*services[i], seen.here[i].peers};
        everywhere.instances.emplace(node.name(), own_instance(seen.loaded[i], seen.here[i]));
        seen.everywhere.push_back(std::move(everywhere));
    }
    return seen;
}

}  // namespace svcmgr
