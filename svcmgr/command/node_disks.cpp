// print disks: what this node sees, and who uses it.

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include "drivers/error.h"
#include "svcmgr/cluster/disk_users.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/disks_json.h"
#include "svcmgr/report/table.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

int run_print_disks(Context& context) {
    std::vector<LoadedService> loaded;
    const int code = context.for_each_service([&](const std::string& name) {
        loaded.push_back(context.load(name));
        return 0;
    });
    const NodeDisks seen = look_at_node_disks(context.world(), context.node(), services_of(loaded));
    context.check_signals();
    for (const std::string& problem : seen.problems) fmt::print(context.terminal().err, "svcmgr: {}\n", problem);
    if (context.json()) {
        context.terminal().out << node_disks_json(seen.disks, context.node().name()) << '\n';
        return code;
    }
    std::vector<std::vector<Cell>> rows;
    for (const NodeDisk& disk : seen.disks) {
        std::vector<std::string> uses;
        uses.reserve(disk.uses.size());
        for (const DiskUse& use : disk.uses) uses.push_back(to_string(use));
        rows.push_back({disk.id, size_text(disk.size), disk.vendor, disk.model, fmt::format("{}", fmt::join(disk.devices, " ")),
                        disk.used_twice() ? "twice" : "", fmt::format("{}", fmt::join(uses, ", "))});
    }
    context.terminal().out << table({"id", "size", "vendor", "model", "devices", "used", "by"}, rows);
    for (const NodeDisk& disk : seen.disks)
        if (disk.used_twice())
            fmt::print(context.terminal().err, "svcmgr: disk {} is used by several: only one of them may be up at a time\n", disk.id);
    return code;
}

}  // namespace

std::vector<Command> node_disk_commands() {
    return {
        {"print disks",
         "",
         "Looking",
         "The disks of this node, with their devices and who uses them; those that several use are marked.",
         {"format"},
         run_print_disks,
         {"text", "json"},
         "Without -s all services of the node are looked at, started or not; what they only read does not count as a use beside others' "
         "reads."}};
}

}  // namespace svcmgr
