#include "drivers/hypervisor/lxc/network_links.h"

#include <string_view>

#include "drivers/hypervisor/lxc/interfaces.h"

namespace svcmgr::lxc {

namespace {

/// Before LXC 2.1 they had no numbers: each `type` begins another one.
void take_old(const ConfigEntry& entry, std::vector<Interface>& interfaces) {
    constexpr std::string_view prefix = "lxc.network.";
    if (entry.key == "lxc.network") interfaces.clear();
    if (!entry.key.starts_with(prefix)) return;
    const std::string_view key = std::string_view(entry.key).substr(prefix.size());
    if (key == "type") interfaces.emplace_back();
    if (!interfaces.empty()) interfaces.back().say(key, entry.value);
}

void add_link(const Interface& interface, std::vector<NetworkLink>& links) {
    const std::string type = interface.last("type"), link = interface.last("link");
    if (link.empty() || type == "none" || type == "empty") return;
    links.push_back({type == "veth" ? NetworkLink::Kind::bridge : NetworkLink::Kind::adapter, link});
}

}  // namespace

std::vector<NetworkLink> network_links(const std::vector<ConfigEntry>& entries) {
    std::vector<Interface> old;
    Interfaces interfaces;
    for (const ConfigEntry& entry : entries) {
        take_old(entry, old);
        interfaces.take(entry);
    }
    std::vector<NetworkLink> links;
    for (const Interface& interface : old) add_link(interface, links);
    for (const auto& [number, interface] : interfaces.by_number()) add_link(interface, links);
    return links;
}

}  // namespace svcmgr::lxc
