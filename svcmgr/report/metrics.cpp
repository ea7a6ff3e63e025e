#include "svcmgr/report/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/utf8.h"
#include "svcmgr/report/drill.h"

namespace svcmgr {

namespace {

constexpr std::string_view statuses = "0 up, 1 down, 2 warn, 3 n/a, 5 undef, 6 stdby up, 7 stdby down";

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

/// A label's value, in UTF-8 whatever it was.
std::string escaped(std::string_view value) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string text;
    while (!value.empty()) {
        const std::size_t length = character_length(value);
        const std::string_view character = value.substr(0, std::max<std::size_t>(length, 1));
        value.remove_prefix(character.size());
        if (length == 0)
            text += replacement;
        else if (character == "\n")
            text += "\\n";
        else
            text.append(character == "\\" || character == "\"" ? "\\" : "").append(character);
    }
    return text;
}

std::string seconds(Duration duration) {
    return fmt::format("{:.3f}", std::chrono::duration<double>(duration).count());
}

std::string seconds(WallTime time) {
    return fmt::format("{:.3f}", std::chrono::duration<double>(time.time_since_epoch()).count());
}

/// All samples of a name stand together, below what it means; a name without samples is left out.
class Gauges {
public:
    /// What follows belongs to it.
    void begin(std::string_view name, std::string_view meaning) {
        name_ = name;
        heading_ = fmt::format("# HELP svcmgr_{0} {1}\n# TYPE svcmgr_{0} gauge\n", name, meaning);
    }

    void add(const Labels& labels, std::string_view value) {
        text_ += std::exchange(heading_, {});
        fmt::format_to(std::back_inserter(text_), "svcmgr_{}", name_);
        char before = '{';
        for (const auto& [label, content] : labels) {
            fmt::format_to(std::back_inserter(text_), "{}{}=\"{}\"", before, label, escaped(content));
            before = ',';
        }
        fmt::format_to(std::back_inserter(text_), "{}{}\n", labels.empty() ? " " : "} ", value);
    }
    void add(const Labels& labels, bool value) { add(labels, std::string_view(value ? "1" : "0")); }
    void add(const Labels& labels, Status status) { add(labels, std::to_string(static_cast<int>(status))); }

    std::string take() { return std::move(text_); }

private:
    std::string_view name_;
    std::string heading_;
    std::string text_;
};

void write_node(Gauges& gauges, const NodeMetrics& metrics) {
    gauges.begin("info", "The svcmgr that has looked, and its node's name; always 1.");
    gauges.add({{"node", metrics.node}, {"version", SVCMGR_VERSION}}, true);
    gauges.begin("look_timestamp_seconds", "When the services were looked at.");
    gauges.add({}, seconds(metrics.observed));
    gauges.begin("node_frozen", "Whether no service of the node may be started or stopped.");
    gauges.add({}, metrics.frozen);
    gauges.begin("journal_readable", "Whether the record of actions can be read.");
    gauges.add({}, metrics.journal_problem.empty());
}

void write_services(Gauges& gauges, const NodeMetrics& metrics) {
    gauges.begin("service_config_valid", "Whether the service's env file can be read and has no errors.");
    for (const ServiceMetrics& one : metrics.services) gauges.add({{"service", one.view.service.name()}}, one.config_valid);
    for (const std::string& name : metrics.unreadable) gauges.add({{"service", name}}, false);

    const auto of_each = [&](std::string_view name, std::string_view meaning, auto&& value) {
        gauges.begin(name, meaning);
        for (const ServiceMetrics& one : metrics.services) gauges.add({{"service", one.view.service.name()}}, value(one.view));
    };
    of_each("service_status", fmt::format("The service with its replications here: {}.", statuses),
            [](const ServiceView& view) { return view.summary.overall; });
    of_each("service_availability", fmt::format("The service without its replications here: {}.", statuses),
            [](const ServiceView& view) { return view.summary.avail; });
    of_each("service_frozen", "Whether the service may not be started or stopped.",
            [](const ServiceView& view) { return view.observation.frozen; });
    of_each("service_action_running", "Whether somebody acts on the service now.",
            [](const ServiceView& view) { return view.observation.acting.has_value(); });
    of_each("service_action_interrupted", "Whether an action was killed, and waits for svcmgr recover.",
            [](const ServiceView& view) { return view.observation.interrupted.has_value(); });
}

void write_resources(Gauges& gauges, const NodeMetrics& metrics) {
    gauges.begin("resource_status", fmt::format("A resource: {}.", statuses));
    for (const ServiceMetrics& one : metrics.services)
        for (const auto& resource : one.view.service.resources())
            if (const auto seen = one.view.observation.resources.find(resource->rid()); seen != one.view.observation.resources.end())
                gauges.add({{"service", one.view.service.name()}, {"rid", resource->rid().text()}, {"type", resource->type()}},
                           seen->second.status);
}

/// `each` gets a disk, what was seen of it, and the labels that all of its samples have.
template <typename Each>
void for_each_disk(const NodeMetrics& metrics, Each&& each) {
    for (const ServiceMetrics& one : metrics.services)
        for (const ReservationView& view : one.reservations)
            for (std::size_t i = 0; i < view.report.devices.disks.size(); ++i) {
                const SharedDisk& disk = view.report.devices.disks[i];
                each(view, disk, view.report.states[i],
                     Labels{{"service", view.service}, {"rid", view.resource.rid().text()}, {"disk", disk.id}});
            }
}

void write_disks(Gauges& gauges, const NodeMetrics& metrics) {
    gauges.begin("disk_paths", "Paths to a reserved disk.");
    for_each_disk(metrics, [&](const ReservationView&, const SharedDisk& disk, const DiskState&, const Labels& labels) {
        gauges.add(labels, std::to_string(disk.paths.size()));
    });
    gauges.begin("disk_paths_working", "Those of them that answer.");
    for_each_disk(metrics, [&](const ReservationView&, const SharedDisk&, const DiskState& state, const Labels& labels) {
        gauges.add(labels, std::to_string(state.working()));
    });
    gauges.begin("disk_registrations",
                 "How often a key is registered at a reserved disk; owner is the node that has the key, where it is known.");
    for_each_disk(metrics, [&](const ReservationView& view, const SharedDisk&, const DiskState& state, const Labels& labels) {
        for (const auto& [key, count] : counted(state.keys)) {
            const std::string text = key.text(), owner = view.resource.node_of(key);
            Labels of_key = labels;
            of_key.insert(of_key.end(), {{"key", text}, {"owner", owner}});
            gauges.add(of_key, std::to_string(count));
        }
    });
}

void write_replicas(Gauges& gauges, const NodeMetrics& metrics) {
    const auto of_each = [&](std::string_view name, std::string_view meaning, auto&& value) {
        gauges.begin(name, meaning);
        for (const ServiceMetrics& one : metrics.services)
            for (const ReplicaAge& replica : one.replicas)
                if (const std::string text = value(replica); !replica.peer.empty() && !text.empty())
                    gauges.add({{"service", one.view.service.name()}, {"rid", replica.rid.text()}, {"peer", replica.peer}}, text);
    };
    of_each("sync_age_seconds", "How old a replica is; no sample when the peer has never had one.",
            [](const ReplicaAge& replica) { return replica.age ? seconds(*replica.age) : std::string(); });
    of_each("sync_max_delay_seconds", "How old it may be.", [](const ReplicaAge& replica) { return seconds(replica.allowed); });
    of_each("sync_failed", "Whether the last attempt failed.",
            [](const ReplicaAge& replica) { return std::string(replica.problem.empty() ? "0" : "1"); });
}

void write_runs(Gauges& gauges, const NodeMetrics& metrics) {
    const auto of_each = [&](std::string_view name, std::string_view meaning, auto&& value) {
        gauges.begin(name, meaning);
        for (const ServiceMetrics& one : metrics.services)
            for (const LastRun& run : one.runs)
                if (const std::string text = value(run); !text.empty())
                    gauges.add({{"service", one.view.service.name()}, {"action", run.action}}, text);
    };
    of_each("action_end_timestamp_seconds", "When an action ended last.", [](const LastRun& run) { return seconds(run.ended); });
    of_each("action_duration_seconds", "How long it took then.",
            [](const LastRun& run) { return run.elapsed ? seconds(*run.elapsed) : std::string(); });
    of_each("action_exit_code", "Its exit code then; 0 is well.", [](const LastRun& run) { return std::to_string(run.exit_code); });
}

void write_drills(Gauges& gauges, const NodeMetrics& metrics) {
    gauges.begin("drill_possible", "Whether the last drill found that the node could start the service; 0 also when it could not tell.");
    for (const ServiceMetrics& one : metrics.services)
        for (const auto& [node, drill] : one.drill.nodes)
            gauges.add({{"service", one.view.service.name()}, {"node", node}}, drill.answer() == NodeDrill::Answer::possible);
    gauges.begin("drill_age_seconds", "How long ago that drill was; no sample for a service that was never drilled.");
    for (const ServiceMetrics& one : metrics.services)
        if (!one.drill.nodes.empty()) gauges.add({{"service", one.view.service.name()}}, seconds(age_of(one.drill, metrics.observed)));
}

}  // namespace

std::string metrics_text(const NodeMetrics& metrics) {
    Gauges gauges;
    write_node(gauges, metrics);
    write_services(gauges, metrics);
    write_resources(gauges, metrics);
    write_disks(gauges, metrics);
    write_replicas(gauges, metrics);
    write_runs(gauges, metrics);
    write_drills(gauges, metrics);
    return gauges.take();
}

}  // namespace svcmgr
