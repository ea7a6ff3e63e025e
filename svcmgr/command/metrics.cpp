// metrics: what monitoring asks for.

#include "svcmgr/report/metrics.h"

#include "drivers/error.h"
#include "drivers/tasks.h"
#include "svcmgr/cluster/kept_drill.h"
#include "svcmgr/command/looked.h"
#include "svcmgr/command/reservations.h"

namespace svcmgr {

namespace {

/// All at once: a service whose disks do not answer keeps none waiting.
std::vector<std::vector<ReservationView>> look_at_all_reservations(Context& context, const std::vector<Looked>& all) {
    std::vector<std::vector<ReservationView>> views(all.size());
    std::vector<std::function<void()>> looks;
    for (std::size_t i = 0; i < all.size(); ++i)
        looks.emplace_back([&, i] { views[i] = look_at_reservations(context, *all[i].loaded.service, all[i].selection); });
    run_together(context.world().tasks, looks);
    return views;
}

NodeMetrics measured(Context& context, std::vector<Looked>& all) {
    World& world = context.world();
    NodeMetrics metrics;
    metrics.node = context.node().name();
    metrics.frozen = world.files.facts(context.paths().frozen_flag()).has_value();
    metrics.observed = world.clock.wall();
    look_here(context, all);
    auto reservations = look_at_all_reservations(context, all);
    JournalReader journal(world, context.paths().database);
    auto runs = journal.last_runs();
    metrics.journal_problem = journal.problem();
    const KeptDrill drills = recall_drill(world.files, context.paths());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Service& service = *all[i].loaded.service;
        metrics.services.push_back({all[i].view(), !has_errors(all[i].loaded.findings), std::move(reservations[i]),
                                    replica_ages(world, context.paths(), service), std::move(runs[service.name()]),
                                    drills.of(service.name())});
    }
    return metrics;
}

int run_metrics(Context& context) {
    LoadedAll loaded = load_all(context, context.chosen_services_if_any());
    // The others can be measured, and the measures tell of it.
    for_each_of(context, loaded, [](const std::string&) { return 0; });
    NodeMetrics metrics = measured(context, loaded.services);
    for (const auto& [name, failure] : loaded.failures) metrics.unreadable.push_back(name);
    context.check_signals();
    const std::string text = metrics_text(metrics);
    if (const Path& file = context.line().output_file; !file.empty())
        context.world().files.replace(file, text, 0644);
    else
        context.terminal().out << text << std::flush;
    return 0;
}

}  // namespace

std::vector<Command> metrics_commands() {
    return {
        {"metrics",
         "",
         "Looking",
         "What is seen on this node now, as Prometheus reads it.",
         {"output"},
         run_metrics,
         {},
         "Services and resources, reserved disks, the age of replicas, how each action ended last, and what the last drill found; "
         "share/doc/operating.md has the "
         "list. "
         "A file that --output names keeps what it has until all is known, and when there is no room for more: svcmgr-metrics.timer writes "
         "one for Prometheus' node_exporter each minute, where that has a directory for it."},
    };
}

}  // namespace svcmgr
