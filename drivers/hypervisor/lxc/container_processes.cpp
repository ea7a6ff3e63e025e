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

std::vector<int> processes_of(const World& world, const ContainerId& id) {
    std::vector<int> pids;
    for (const auto hierarchy : hierarchies) {
        const auto text = world.files.read(fmt::format("/sys/fs/cgroup{}/lxc.payload.{}/cgroup.procs", hierarchy, id.name));
        if (!text) continue;
        for (const auto& line : split_filled(*text, '\n'))
            if (const auto pid = parse_number<int>(line); pid && std::find(pids.begin(), pids.end(), *pid) == pids.end())
                pids.push_back(*pid);
    }
    // Containers of one name share a control group's name, and liblxc alone knows which has which.
    return pids.empty() || !other_places(active_places_now(world.files), id).empty() ? std::vector<int>() : pids;
}

void kill_what_is_left(const World& world, Library& library, const ContainerId& id) {
    if (const int monitor = monitor_of(world, id); monitor != 0) library.kill(monitor, monitor_title(id));
    const auto left = processes_of(world, id);
    for (const auto& process : world.processes.list())
        if (!process.argv.empty() && std::find(left.begin(), left.end(), process.pid) != left.end())
            library.kill(process.pid, process.argv.front());
}

}  // namespace svcmgr::lxc
