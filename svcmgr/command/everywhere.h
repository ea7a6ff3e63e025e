#pragma once

#include <map>
#include <string>
#include <vector>

#include "svcmgr/command/command.h"
#include "svcmgr/report/mon.h"

namespace svcmgr {

/// Services that were looked at on this node, and what their other nodes said of them meanwhile.
struct SeenEverywhere {
    std::vector<LoadedService> loaded;
    std::vector<Observation> here;              ///< of each of them, in their order; peers included
    std::vector<ServiceEverywhere> everywhere;  ///< the same; refers to `loaded`
    std::map<std::string, std::string> unread;  ///< by service, why its env file could not be read; that was printed
    int code = 0;                               ///< the highest exit code of those
};

/// Looks at the services here, and asks each peer once for all of them unless --local was given, at the same time. Throws Error
/// `interrupted`.
SeenEverywhere look_everywhere(Context& context, const std::vector<std::string>& names);

}  // namespace svcmgr
