#include "drivers/hypervisor/host_needs.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

HostNeed need_of_interface(const Files& files, std::string_view kind, const std::string& name, std::string_view correction) {
    HostNeed need{fmt::format("{} {}", kind, name)};
    if (files.facts(fmt::format("/sys/class/net/{}", name))) return need;
    return {need.what, HostNeed::Answer::missing, fmt::format("this node has no {}", need.what),
            fmt::format("make it as on the other nodes, or correct the {}", correction)};
}

void add_once(std::vector<HostNeed>& needs, HostNeed need) {
    if (std::ranges::find(needs, need.what, &HostNeed::what) == needs.end()) needs.push_back(std::move(need));
}

}  // namespace svcmgr
