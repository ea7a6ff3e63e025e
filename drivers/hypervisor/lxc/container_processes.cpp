#include "drivers/hypervisor/lxc/container_processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "drivers/files/files.h"
#include "drivers/hypervisor/lxc/place.h"
#include "drivers/numbers.h"
#include "drivers/options.h"
#include "drivers/process/processes.h"

namespace svcmgr::lxc {

namespace {

/// Where hierarchies are mounted: of version 2 alone, of version 2 beside version 1, and those of version 1 that every process is in.
constexpr std::string_view hierarchies[] = {"", "/unified", "/systemd", "/pids"};

constexpr std::string_view prefix = "lxc.payload.";
/// As many groups in groups as any system makes; a container's own could be nested on purpose.
constexpr int deepest = 16;

/// Processes of a group and of those in it: a system like systemd has none in its own (cgroup v2 has no processes in inner groups).
void collect(const Files& files, const Path& group, int depth, std::vector<int>& pids) {
    const auto text = files.read(group + "/cgroup.procs");
    if (!text) return;
    for (const auto& line : split_filled(*text, '\n'))
        if (const auto pid = parse_number<int>(line); pid && std::find(pids.begin(), pids.end(), *pid) == pids.end()) pids.push_back(*pid);
    if (depth == deepest) return;
    for (const auto& name : files.list(group).value_or(std::vector<std::string>())) {
        const Path inner = group + "/" + name;
        if (const auto facts = files.link_facts(inner); facts && facts->kind == FileFacts::Kind::directory)
            collect(files, inner, depth + 1, pids);
    }
}

/// Whether `group` is what LXC calls the group of a container when its name is taken: NAME-1. A container may be called so, too.
bool is_successor(const Files& files, const ActivePlaces& active, const ContainerId& id, const std::string& group) {
    const auto number = std::string_view(group).substr(id.name.size());
    if (!number.starts_with('-') || !parse_number<unsigned>(number.substr(1))) return false;
    return !active.contains(group) && !files.facts(fmt::format("{}/{}", id.lxcpath, group));
}

std::string monitor_title(const ContainerId& id) {
    return fmt::format("[lxc monitor] {} {}", id.lxcpath, id.name);
}

}  // namespace

int monitor_of(const World& world, const ContainerId& id) {
    const auto title = monitor_title(id);
    for (const auto& process : world.processes.list())
        if (!process.argv.empty() && process.argv.front() == title) return process.pid;
    return 0;
}

PayloadGroups payload_groups(const Files& files) {
    PayloadGroups groups;
    for (const auto hierarchy : hierarchies) {
        const Path root = fmt::format("/sys/fs/cgroup{}", hierarchy);
        for (const auto& name : files.list(root).value_or(std::vector<std::string>()))
            if (name.starts_with(prefix)) groups[name.substr(prefix.size())].push_back(root + "/" + name);
    }
    return groups;
}

std::vector<int> processes_of(const World& world, const ContainerId& id, const PayloadGroups& groups) {
    std::vector<int> pids;
    auto group = groups.lower_bound(id.name);
    if (group == groups.end() || !group->first.starts_with(id.name)) return pids;
    const ActivePlaces active = active_places_now(world.files);
    for (; group != groups.end() && group->first.starts_with(id.name); ++group) {
        if (group->first != id.name && !is_successor(world.files, active, id, group->first)) continue;
        for (const Path& path : group->second) collect(world.files, path, 0, pids);
    }
    // Containers of one name share a control group's name, and liblxc alone knows which has which.
    return pids.empty() || !other_places(active, id).empty() ? std::vector<int>() : pids;
}

std::vector<int> processes_of(const World& world, const ContainerId& id) {
    return processes_of(world, id, payload_groups(world.files));
}

void kill_what_is_left(const World& world, Library& library, const ContainerId& id) {
    if (const int monitor = monitor_of(world, id); monitor != 0) library.kill(monitor, monitor_title(id));
    const auto left = processes_of(world, id);
    for (const auto& process : world.processes.list())
        if (!process.argv.empty() && std::find(left.begin(), left.end(), process.pid) != left.end())
            library.kill(process.pid, process.argv.front());
}

}  // namespace svcmgr::lxc
