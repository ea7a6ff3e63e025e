#pragma once

#include <optional>
#include <string>

#include "drivers/files/memory_files.h"
#include "drivers/process/processes.h"

namespace svcmgr::sim {

struct IpDone {
    int exit_code = 0;
    std::string err;
    std::string effect;  ///< what became different; empty when nothing that others see did
};

/// What ip(8) does with bridges, ways into network namespaces and these themselves. What there is of them is in the node's own
/// /sys/class/net and /run/netns, as with the kernel's. Nothing for another program.
std::optional<IpDone> run_ip(MemoryFiles& files, const Argv& argv, const std::string& node);

}  // namespace svcmgr::sim
