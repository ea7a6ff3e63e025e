#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "drivers/hypervisor/host_needs.h"

namespace svcmgr::test {

/// What a drill would say of needs: "bridge br0", "memory unknown: it needs …".
inline std::vector<std::string> told(const std::vector<HostNeed>& needs) {
    std::vector<std::string> lines;
    for (const HostNeed& need : needs)
        lines.push_back(
            need.answer == HostNeed::Answer::here
                ? need.what
                : fmt::format("{} {}: {}", need.what, need.answer == HostNeed::Answer::missing ? "missing" : "unknown", need.reason));
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace svcmgr::test
