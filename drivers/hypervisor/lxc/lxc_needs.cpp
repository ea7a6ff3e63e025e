// What a container takes from this host.

#include <fmt/format.h>

#include "drivers/hypervisor/lxc/lxc.h"
#include "drivers/hypervisor/lxc/network_links.h"

namespace svcmgr::lxc {

std::vector<HostNeed> LxcHypervisor::needs(const Guest& guest, Deadline) {
    const auto entries = read_entries(world_.files, place_of(guest).config);
    if (!entries && entries.error().absent) return {};
    if (!entries)
        return {
            {"definition", HostNeed::Answer::missing, fmt::format("{}: {}", entries.error().where, entries.error().reason), "correct it"}};
    std::vector<HostNeed> needs;
    for (const NetworkLink& link : network_links(*entries)) {
        const std::string_view kind = link.kind == NetworkLink::Kind::bridge ? "bridge" : "adapter";
        add_once(needs, need_of_interface(world_.files, kind, link.name, "configuration"));
    }
    return needs;
}

}  // namespace svcmgr::lxc
