#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hypervisor/docker/answers.h"

namespace svcmgr::docker {

/// A network as the Engine lists it.
struct ListedNetwork {
    std::string id, name, driver;
    std::vector<std::string> subnets, gateways;
    std::map<std::string, std::string> options;  ///< of its driver
    bool internal = false;
};

/// A container's place in one.
struct Endpoint {
    std::string network_id;
    std::string address, address6;  ///< empty while the container does not run

    std::vector<std::string> addresses() const;
};

Read<std::vector<ListedNetwork>> read_networks(std::string_view json);
Read<ListedNetwork> read_network(std::string_view json);
/// Those of an inspected container, by the names of their networks.
Read<std::map<std::string, Endpoint>> read_endpoints(std::string_view json);

}  // namespace svcmgr::docker
