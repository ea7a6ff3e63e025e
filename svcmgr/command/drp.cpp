// drp status: what a disaster would find.

#include "svcmgr/report/drp.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "svcmgr/cluster/peers.h"
#include "svcmgr/command/actions.h"

namespace svcmgr {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

DrpView view_of(Context& context, const LoadedService& loaded) {
    const Service& service = *loaded.service;
    const std::string& us = context.node().name();
    DrpView view{service.name(), us, false, service.nodes(), service.drpnodes(), {}, {}, {}};
    view.at_drp_site = contains(view.drpnodes, us) && !contains(view.nodes, us);
    std::map<std::string, std::set<std::string>> questions;
    for (const std::string& peer : view.at_drp_site ? view.nodes : view.drpnodes)
        if (peer != us) questions[peer] = {service.name()};
    for (auto& [peer, answers] : ask_peers(context.world(), context.node(), questions, PeerQuestion::what_runs))
        view.peers.emplace(peer, std::move(answers.at(service.name())));
    view.replicas = replica_ages(context.world(), context.paths(), service);
    if (view.at_drp_site)
        view.start = Instance(context.world(), context.paths(), context.node(), service).plan(request_for(context, service, {}, "start"));
    return view;
}

int run_drp_status(Context& context) {
    std::vector<DrpView> views;
    const int code = context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        if (loaded.service->drpnodes().empty()) {
            fmt::print(context.terminal().err, "svcmgr: {} has no drpnodes\n", name);
            return 0;
        }
        DrpView view = view_of(context, loaded);
        context.check_signals();
        if (!context.json()) context.terminal().out << drp_text(view);
        views.push_back(std::move(view));
        return 0;
    });
    if (context.json()) context.terminal().out << drp_json(views, context.node().name()) << '\n';
    return code;
}

}  // namespace

std::vector<Command> drp_commands() {
    return {
        {"drp status",
         "",
         "Nodes",
         "Disaster recovery: what would start at the other site, whether production is known to be down, and how old the data there is.",
         {"format"},
         run_drp_status,
         {"text", "json"},
         "Nothing is started or changed. RPO is the age of the oldest replica that the node has: what would be lost by going on with it."},
    };
}

}  // namespace svcmgr
