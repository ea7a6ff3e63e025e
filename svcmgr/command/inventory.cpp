// push and diskupdate: what this node knows of its services, kept in the inventory.

#include "svcmgr/journal/inventory.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "drivers/error.h"
#include "drivers/secret_names.h"
#include "svcmgr/cluster/disks.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/disks_json.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

ServiceRecord record_of(Context& context, const LoadedService& loaded, const Observation& observation) {
    const Service& service = *loaded.service;
    const Summary summary = service.summarize(observation);
    ServiceRecord record;
    record.service = service.name();
    record.node = context.node().name();
    record.env = service.env();
    record.app = service.defaults().text("app");
    record.comment = service.defaults().text("comment");
    record.nodes = service.nodes();
    record.drpnodes = service.drpnodes();
    record.orchestrate = service.orchestrate();
    record.config_file = service.file();
    record.config = without_secrets(loaded.document.text());
    record.avail = to_string(summary.avail);
    record.overall = to_string(summary.overall);
    record.frozen = observation.frozen;
    record.updated = observation.observed;
    for (const auto& resource : service.resources()) {
        const ResourceObservation& seen = observation.resources.at(resource->rid());
        ServiceRecord::ResourceRow row{resource->rid().text(),
                                       resource->type(),
                                       seen.label.empty() ? resource->label() : seen.label,
                                       std::string(to_string(seen.status)),
                                       {},
                                       seen.vcpus,
                                       seen.memory_kib,
                                       seen.addresses};
        for (const LogLine& line : seen.log)
            row.log += fmt::format("{}{}: {}", row.log.empty() ? "" : "\n", to_string(line.level), line.message);
        record.resources.push_back(std::move(row));
    }
    return record;
}

void print_record(std::ostream& out, const ServiceRecord& record) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& row : record.resources)
        rows.push_back({row.rid, row.type, row.status,
                        row.addresses.empty() ? row.label : fmt::format("{} ({})", row.label, fmt::join(row.addresses, " ")),
                        row.vcpus == 0 ? "" : fmt::format("{} vcpus, {}", row.vcpus, size_text(row.memory_kib << 10))});
    fmt::print(out, "{}: {}, env {}, app {}, nodes {}\n", record.service, record.overall, record.env, record.app,
               fmt::join(record.nodes, " "));
    out << table({"rid", "type", "status", "label", "size"}, rows);
}

int run_push(Context& context) {
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load_strictly(name);
        const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
        const ServiceRecord record = record_of(context, loaded, instance.observe({}, Purpose::show));
        context.check_signals();
        Inventory::open(context.world(), context.paths().database)->put_service(record);
        if (context.json()) {
            context.terminal().out << push_json(record) << '\n';
            return 0;
        }
        print_record(context.terminal().out, record);
        fmt::print(context.terminal().out, "written to {}: the service's configuration ({} lines) and the state of {} resources\n",
                   context.paths().database, std::ranges::count(record.config, '\n'), record.resources.size());
        return 0;
    });
}

int run_diskupdate(Context& context) {
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load_strictly(name);
        const DisksSeen seen = look_at_disks(context.world(), context.node(), *loaded.service, {});
        context.check_signals();
        if (!seen.problems.empty()) throw seen.problems.front();  // what was known is not replaced by nothing
        for (const std::string& note : seen.notes) fmt::print(context.terminal().err, "svcmgr: {}\n", note);
        save_devices(context.world(), *loaded.service);
        Inventory::open(context.world(), context.paths().database)->put_disks(name, context.node().name(), seen.disks);
        if (context.json()) {
            context.terminal().out << disks_json(seen.disks) << '\n';
            return 0;
        }
        std::vector<std::vector<Cell>> rows;
        for (const DiskRecord& disk : seen.disks)
            rows.push_back({disk.rid, disk.id, size_text(disk.used), size_text(disk.size), disk.region, disk.kind, disk.vendor, disk.model,
                            disk.source, disk.target});
        context.terminal().out << table({"rid", "id", "used", "size", "region", "kind", "vendor", "model", "device", "in the guest"}, rows);
        fmt::print(context.terminal().out, "written to {}: {} {} of {}\n", context.paths().database, seen.disks.size(),
                   seen.disks.size() == 1 ? "disk" : "disks", name);
        return 0;
    });
}

}  // namespace

std::vector<Command> inventory_commands() {
    constexpr std::string_view section = "Inventory";
    return {
        {"push", "", section, "Write the service's configuration and state to the inventory.", {"format"}, run_push},
        {"diskupdate", "", section, "Write the disks of the service's guests to the inventory.", {"format"}, run_diskupdate},
    };
}

}  // namespace svcmgr
