#pragma once

#include <string>
#include <vector>

#include "drivers/hypervisor/lxc/config_file.h"

namespace svcmgr::lxc {

/// An interface of the host to which a network of a container is linked: lxc.net.N.link, or lxc.network.link before LXC 2.1.
struct NetworkLink {
    enum class Kind { bridge, adapter } kind = Kind::adapter;
    std::string name;
};

/// By the number of the network; of what is said twice, what is said last. Types that need none of the host have none.
std::vector<NetworkLink> network_links(const std::vector<ConfigEntry>& entries);

}  // namespace svcmgr::lxc
