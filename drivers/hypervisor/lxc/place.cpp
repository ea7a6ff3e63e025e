#include "drivers/hypervisor/lxc/place.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/options.h"

namespace svcmgr::lxc {

namespace {

constexpr std::string_view other_paths[] = {"/var/lib/lxc", "/usr/var/lib/lxc", "/usr/local/var/lib/lxc"};

std::string said(const Guest& guest, std::string_view keyword) {
    return guest.section ? guest.section->text(keyword) : std::string();
}

std::string config_below(std::string_view lxcpath, const std::string& name) {
    return fmt::format("{}/{}/config", lxcpath, name);
}

}  // namespace

Place find_place(const Files& files, const Guest& guest, const Path& lxcpath) {
    const auto exists = [&files](const Path& path) { return files.facts(path).has_value(); };
    if (const Path& directory = guest.copy_directory; !directory.empty()) {
        const Path config = directory + "/config";
        return {{directory, guest.name}, config, exists(config)};
    }
    const auto data = said(guest, "container_data_dir");
    const Path base = data.empty() ? lxcpath : data;
    if (const auto config = said(guest, "cf"); !config.empty()) return {{base, guest.name}, config, exists(config)};

    const auto first = config_below(base, guest.name);
    if (exists(first)) return {{base, guest.name}, first, true};
    if (!data.empty()) return {{base, guest.name}, first, false};
    for (const auto other : other_paths)
        if (const auto config = config_below(other, guest.name); exists(config)) return {{Path(other), guest.name}, config, true};
    if (const auto config = config_below("/etc/lxc", guest.name); exists(config)) return {{base, guest.name}, config, true};
    return {{base, guest.name}, first, false};
}

ActivePlaces active_places(std::string_view socket_table) {
    constexpr std::string_view end = "/command";
    ActivePlaces places;
    for (const auto& line : split_filled(socket_table, '\n')) {
        // An abstract socket's name is the last field, and begins with '@' here.
        const auto at = line.find(" @/");
        if (at == std::string_view::npos || !line.ends_with(end)) continue;
        const auto container = std::string_view(line).substr(at + 2, line.size() - at - 2 - end.size());
        const auto slash = container.rfind('/');
        if (slash == std::string_view::npos || slash == 0 || slash + 1 == container.size()) continue;
        auto& paths = places[std::string(container.substr(slash + 1))];
        // Every connection to the socket is a line too.
        if (const Path path(container.substr(0, slash)); std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
    return places;
}

ActivePlaces active_places_now(const Files& files) {
    constexpr std::size_t limit = 16 << 20;
    const auto table = files.read("/proc/net/unix", limit);
    return table ? active_places(*table) : ActivePlaces();
}

std::vector<Path> other_places(const ActivePlaces& active, const ContainerId& id) {
    const auto found = active.find(id.name);
    if (found == active.end()) return {};
    auto places = found->second;
    std::erase(places, id.lxcpath);
    return places;
}

}  // namespace svcmgr::lxc
