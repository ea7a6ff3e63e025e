#pragma once

#include <string_view>
#include <vector>

#include "drivers/options.h"

namespace svcmgr {

/// Settles what the sections of resources say by lists of nodes: `disable_on`, `enable_on`, `optional_on`, `monitor_on`, `always_on` become
/// `disable`, `optional`, `monitor` and `standby` as they are on one node. `disable = true` in DEFAULT wins over everything, `enable_on`
/// over `disable`, and `disable` over `disable_on` (contract.md 2.5). `nodes` and `drpnodes` in a list stand for the service's own.
void settle_where(std::vector<Options>& sections, const Options& defaults, std::string_view nodename);

}  // namespace svcmgr
