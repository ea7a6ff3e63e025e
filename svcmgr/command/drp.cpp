// drp: what a disaster would find, and its rehearsal.

#include "svcmgr/report/drp.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/error.h"
#include "svcmgr/cluster/drp_return.h"
#include "svcmgr/cluster/peers.h"
#include "svcmgr/cluster/rehearsal.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/remote.h"

namespace svcmgr {

namespace {

constexpr std::size_t rehearsals_to_show = 5;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

DrpView view_of(Context& context, const LoadedService& loaded) {
    const Service& service = *loaded.service;
    const std::string& us = context.node().name();
    DrpView view{service.name(), us, false, service.nodes(), service.drpnodes(), {}, {}, {}};
    view.at_drp_site = contains(view.drpnodes, us) && !contains(view.nodes, us);
    ServicesByNode questions;
    for (const std::string& peer : view.at_drp_site ? view.nodes : view.drpnodes)
        if (peer != us) questions[peer] = {service.name()};
    for (auto& [peer, answers] : ask_peers(context.world(), context.node(), questions, PeerQuestion::what_runs))
        view.peers.emplace(peer, std::move(answers.at(service.name())));
    view.replicas = replica_ages(context.world(), context.paths(), service);
    view.rehearsals = rehearsal_records(context.world(), context.paths().database, service.name(), rehearsals_to_show);
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

/// A production node lets its only drpnode do it.
std::string who_rehearses(const Context& context, const Service& service, const std::string& us) {
    const std::vector<std::string> drpnodes = service.drpnodes();
    const std::string& named = context.line().target;
    if (context.line().has("on") && !contains(drpnodes, named))
        throw Error(Error::Code::invalid, fmt::format("{} is no drpnode of it", named), service.file(),
                    drpnodes.empty() ? "it has none: drpnodes = NODE" : fmt::format("its drpnodes are {}", fmt::join(drpnodes, ", ")));
    if (context.line().has("on")) return named;
    if (drpnodes.empty())
        throw Error(Error::Code::invalid, "it has no drpnodes", service.file(), "name the nodes of the other site: drpnodes = NODE");
    if (contains(drpnodes, us)) return us;
    if (drpnodes.size() == 1) return drpnodes.front();
    throw Error(Error::Code::invalid, "which of its drpnodes is to rehearse?", service.name(),
                fmt::format("--on {}", fmt::join(drpnodes, ", or --on ")));
}

int rehearse(Context& context, const LoadedService& loaded) {
    const Service& service = *loaded.service;
    const std::string node = who_rehearses(context, service, context.node().name());
    if (node != context.node().name())
        return act_on_peer(context, service.name(), node, options_for_peer(context.line()), {"drp", "rehearse"});
    const Rehearsal rehearsal(context.world(), context.paths(), context.node(), service);
    if (context.line().has("dry-run")) return show_plan(context, rehearsal.plan());
    const Instance instance(context.world(), context.paths(), context.node(), service);
    return do_action(context, service.name(), [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
        ActOptions own = options;
        own.run.own_verbs = [&](const std::string& verb, Doing& doing) { rehearsal.perform(verb, doing); };
        return instance.carry_out(
            std::string(Rehearsal::action), [&] { return rehearsal.steps(); }, own, watchers);
    });
}

/// Where it ran meanwhile: what --from says, else the only drpnode.
std::string returns_from(const Context& context, const Service& service) {
    if (context.line().has("from")) return context.line().target;
    const std::vector<std::string> drpnodes = service.drpnodes();
    if (drpnodes.size() == 1) return drpnodes.front();
    throw Error(Error::Code::invalid, drpnodes.empty() ? "it has no drpnodes" : "from which of its drpnodes?", service.file(),
                drpnodes.empty() ? "there is nothing to return from" : fmt::format("--from {}", fmt::join(drpnodes, ", or --from ")));
}

int go_back(Context& context, const LoadedService& loaded) {
    const Service& service = *loaded.service;
    const std::string drpnode = returns_from(context, service);
    const Instance instance(context.world(), context.paths(), context.node(), service);
    if (context.line().has("dry-run")) {
        ActOptions options;
        options.force = context.line().has("force");
        options.reason = context.line().reason;
        return show_plan(context, DrpReturn(context.world(), context.paths(), context.node(), service, drpnode, options).plan());
    }
    return do_action(context, service.name(), [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
        const DrpReturn way_back(context.world(), context.paths(), context.node(), service, drpnode, options);
        ActOptions own = options;
        own.run.own_verbs = [&](const std::string& verb, Doing& doing) { way_back.perform(verb, doing); };
        return instance.carry_out(
            std::string(DrpReturn::action), [&] { return way_back.steps(); }, own, watchers);
    });
}

int run_drp_return(Context& context) {
    return context.for_each_service([&](const std::string& name) { return go_back(context, context.load_strictly(name)); });
}

int run_drp_rehearse(Context& context) {
    return context.for_each_service([&](const std::string& name) { return rehearse(context, context.load_strictly(name)); });
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
         "Nothing is started or changed. RPO is the age of the oldest replica that the node has: what would be lost by going on with it. "
         "RTO is what the last rehearsal took that went well."},
        {"drp return",
         "",
         "Nodes",
         "Return to production after a disaster: fetch what the drpnode has, then start the service here.",
         {"from", "force", "dry-run", "waitlock", "reason", "format", "node"},
         run_drp_return,
         {"text", "json"},
         "On a node of production, once the service is stopped on the drpnode. It brings up the file systems here, fetches what was "
         "changed "
         "of the env file and the launchers, replaces the data of each rsync resource that goes to drpnodes, and starts the service. Data "
         "here that is not known to be older is replaced only with --force and a --reason. Killed, it is completed by recover --redo; "
         "until then a start is refused while the data is half here."},
        {"drp rehearse",
         "",
         "Nodes",
         "Rehearse a disaster: start copies of the guests on a drpnode, beside their disks and on a network of their own, and throw them "
         "away.",
         {"on", "dry-run", "waitlock", "reason", "format"},
         run_drp_rehearse,
         {"text", "json"},
         "On a production node it lets a drpnode do it: the one that --on names, or the only one. The copies write to layers above the "
         "disks that are replicated there; their network leads nowhere. Addresses and applications in them are brought up and checked, as "
         "a start would. The time until then is the RTO of drp status. Replication to the node waits meanwhile; killed, it is cleaned up "
         "by "
         "recover --undo, or by the next rehearsal."},
    };
}

}  // namespace svcmgr
