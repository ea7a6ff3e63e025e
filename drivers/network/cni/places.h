#pragma once

#include <vector>

#include "drivers/files/files.h"

namespace svcmgr::cni {

/// Where the Container Network Interface is on a node.
struct Places {
    std::vector<Path> plugins;  ///< directories, the first that has a plugin counts
    Path configurations;        ///< the directory of network configurations
    Path kept;                  ///< the directory of what ADD returned for this service
};

}  // namespace svcmgr::cni
