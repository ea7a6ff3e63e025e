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
        HostNeed need{fmt::format("{} {}", kind, link.name)};
        if (!world_.files.facts(fmt::format("/sys/class/net/{}", link.name))) {
            need.answer = HostNeed::Answer::missing;
            need.reason = fmt::format("this node has no {}", need.what);
            need.hint = "make it as on the other nodes, or correct the configuration";
        }
        needs.push_back(std::move(need));
    }
    return needs;
}

}  // namespace svcmgr::lxc
