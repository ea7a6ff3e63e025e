// print status, status, print plan, print devlist, print disklist.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "drivers/error.h"
#include "drivers/tasks.h"
#include "svcmgr/action/words.h"
#include "svcmgr/cluster/disks.h"
#include "svcmgr/cluster/kept_looks.h"
#include "svcmgr/cluster/peers.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/looked.h"
#include "svcmgr/command/print_kept.h"
#include "svcmgr/report/disks_json.h"
#include "svcmgr/report/error_text.h"
#include "svcmgr/report/status.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

/// Peers are asked about whole services only: what somebody has picked out is about this node.
bool asks_peers(const Context& context) {
    const CommandLine& line = context.line();
    return !line.has("local") && !line.has("drill") && !line.rids && line.tags.empty() && !line.subsets;
}

/// What was seen of the whole node, for `print status --cached` and for whoever reads the file. A disk without room keeps nobody from
/// looking.
void keep(Context& context, const std::vector<Looked>& all) {
    const CommandLine& line = context.line();
    const bool all_services = !line.services && !line.statuses && line.placement == CommandLine::Placement::any;
    if (!all_services || line.rids || !line.tags.empty() || line.subsets) return;
    std::vector<ServiceView> views;
    std::vector<SeenService> seen;
    for (const Looked& looked : all) {
        views.push_back(looked.view());
        seen.push_back({looked.loaded, looked.observation});
    }
    World world = context.world();
    try {
        world.files.make_directories(context.paths().locks, 0700);
        keep_looks(world, context.paths(), seen);
        world.files.replace(context.paths().kept_status, status_json(views, context.node().name(), world.clock.wall()) + "\n", 0600);
    } catch (const Error& error) {
        context.terminal().err << error_text(error);
    }
}

/// Here, and meanwhile on the peers: one question to each of them for all services.
void look_everywhere(Context& context, std::vector<Looked>& all) {
    std::vector<const Service*> services;
    services.reserve(all.size());
    for (const Looked& looked : all) services.push_back(looked.loaded.service.get());
    const Node& node = context.node();
    InstancesByService answers;
    run_together(context.world().tasks, {[&] { look_here(context, all); },
                                         [&] { answers = ask_peers_of(context.world(), node, services, PeerQuestion::everything); }});
    for (Looked& looked : all) looked.observation.peers = std::move(answers[looked.loaded.service->name()]);
}

bool has_peers(Context& context, const Looked& looked) {
    return !looked.loaded.service->peers_of(context.node().name()).empty();
}

void look(Context& context, std::vector<Looked>& all) {
    if (asks_peers(context) && std::ranges::any_of(all, [&context](const Looked& looked) { return has_peers(context, looked); }))
        look_everywhere(context, all);
    else
        look_here(context, all);
    context.check_signals();
}

void print_status(Context& context, const std::vector<Looked>& all) {
    std::vector<ServiceView> views;
    views.reserve(all.size());
    for (const Looked& looked : all) views.push_back(looked.view());
    std::ostream& out = context.terminal().out;
    if (context.json())
        out << status_json(views, context.node().name(), context.world().clock.wall()) << '\n';
    else
        for (const ServiceView& view : views) out << status_tree(view, context.style(), context.world().clock.wall());
    out.flush();
}

int run_print_status(Context& context) {
    if (context.line().has("cached")) return print_kept_status(context);
    LoadedAll loaded = load_all(context, context.chosen_services());
    const int code = for_each_of(context, loaded, [](const std::string&) { return 0; });
    look(context, loaded.services);
    const KeptDrill drills = recall_drill_for(context);
    if (context.line().has("drill"))
        for (Looked& looked : loaded.services) looked.drill = &drills.of(looked.loaded.service->name());
    print_status(context, loaded.services);
    return code;
}

int run_status(Context& context) {
    LoadedAll loaded = load_all(context, context.chosen_services());
    look_here(context, loaded.services);
    context.check_signals();
    if (context.line().has("heal")) keep(context, loaded.services);
    std::map<std::string, Status> seen;
    for (const Looked& looked : loaded.services) seen[looked.loaded.service->name()] = looked.view().summary.overall;
    return for_each_of(context, loaded, [&](const std::string& name) {
        const auto found = seen.find(name);
        if (found == seen.end()) return static_cast<int>(Status::not_applicable);  // no resource of it is selected
        context.terminal().out << to_string(found->second) << '\n';
        return static_cast<int>(found->second);
    });
}

int run_print_plan(Context& context) {
    const std::string action = fmt::format("{}", fmt::join(context.arguments, ""));
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load_strictly(name);
        const std::optional<Selection> selection = context.selection(*loaded.service);
        if (!selection) return 0;
        const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
        return show_plan(context, instance.plan(request_for(context, *loaded.service, *selection, action)));
    });
}

int run_print_graph(Context& context) {
    const std::string action = context.arguments.empty() ? "start" : fmt::format("{}", fmt::join(context.arguments, ""));
    const ActionWord* word = find_action_word(action);
    if (word == nullptr)
        throw Error(Error::Code::invalid, fmt::format("'{}' is no action that has an order", action), "", "start and stop have one");
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        const Order order(*loaded.service, word->goal);
        show_diagram(context, diagram_of(*loaded.service, order, fmt::format("the order of a {}", word->word)));
        return 0;
    });
}

/// What `print disklist` and `print devlist` show of a disk.
struct Columns {
    std::vector<std::string> headings;
    std::vector<std::string> (*cells)(const DiskRecord&);
};

int print_disks(Context& context, const Columns& columns) {
    std::vector<DiskRecord> all;
    int code = context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        const std::optional<Selection> selection = context.selection(*loaded.service);
        if (!selection) return 0;
        DisksSeen seen = look_at_disks(context.world(), context.node(), *loaded.service, *selection);
        context.check_signals();
        for (const Error& problem : seen.problems) context.terminal().err << error_text(problem);
        for (const std::string& note : seen.notes) fmt::print(context.terminal().err, "svcmgr: {}\n", note);
        std::ranges::move(seen.disks, std::back_inserter(all));
        return seen.problems.empty() ? 0 : exit_code(seen.problems.front());
    });
    if (context.json()) {
        context.terminal().out << disks_json(all) << '\n';
        return code;
    }
    std::vector<std::vector<Cell>> rows;
    for (const DiskRecord& disk : all) {
        rows.push_back({disk.service, disk.rid});
        std::ranges::move(columns.cells(disk), std::back_inserter(rows.back()));
    }
    std::vector<std::string> headings{"service", "rid"};
    headings.insert(headings.end(), columns.headings.begin(), columns.headings.end());
    context.terminal().out << table(headings, rows);
    return code;
}

int run_print_disklist(Context& context) {
    return print_disks(context, {{"id", "size", "kind", "vendor", "model"}, [](const DiskRecord& disk) {
                                     return std::vector<std::string>{disk.id, size_text(disk.size), disk.kind, disk.vendor, disk.model};
                                 }});
}

int run_print_devlist(Context& context) {
    return print_disks(context, {{"device", "kind", "in the guest", "serial"}, [](const DiskRecord& disk) {
                                     return std::vector<std::string>{disk.source, disk.kind, disk.target, disk.serial};
                                 }});
}

}  // namespace

std::vector<Command> print_commands() {
    constexpr std::string_view section = "Looking";
    return {
        {"print status",
         "",
         section,
         "The service and its resources, looked at now.",
         {"rid", "tags", "subsets", "local", "cached", "drill", "node", "format"},
         run_print_status,
         {"text", "json"},
         "The service's other nodes are asked about their instances, all at once, each for at most peer_timeout of node.conf; not with "
         "--local, nor when resources are picked out. --drill shows which nodes could start it, as the last `svcmgr drill` found, and asks "
         "no peer either. --cached asks nobody: it shows what `svcmgr status --heal` saw when it last looked "
         "at "
         "all services (the timer does, each minute), with the time of that look, the newest action since and whether the env file "
         "has changed since; flags, locks and killed actions are as they are now."},
        {"status",
         "",
         section,
         "One word, and its number as exit code. Asks no peer.",
         {"rid", "tags", "subsets", "heal", "node"},
         run_status,
         {},
         "With --heal, and of all services, it keeps what it saw in /run/svcmgr/status.json, as print status --format json prints it."},
        {"print plan",
         "ACTION",
         section,
         "What an action would do now, and why.",
         {"rid", "tags", "subsets", "force", "by-engine", "format"},
         run_print_plan,
         {"text", "json", "tree", "dot", "svg"},
         {},
         action_names},
        {"print graph",
         "[ACTION]",
         section,
         "In which order its resources start, or go to what ACTION wants, and what waits for what.",
         {"format"},
         run_print_graph,
         {"text", "tree", "dot", "svg"},
         {},
         action_names},
        {"print disklist",
         "",
         section,
         "The disks behind the service, by identifier.",
         {"rid", "tags", "subsets", "format"},
         run_print_disklist},
        {"print devlist",
         "",
         section,
         "The devices and files that the guest is given.",
         {"rid", "tags", "subsets", "format"},
         run_print_devlist},
    };
}

}  // namespace svcmgr
