#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "drivers/world.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What a node knows of its own data of a service: whose is newer after a disaster follows from two of these. Times are by the node's own
/// clock, which `now` tells.
struct SiteHistory {
    WallTime now;
    std::optional<WallTime> started;   ///< when it last began to start the service, as far as its journal goes back
    std::optional<WallTime> received;  ///< of its data, what it received last
};

/// Of this node. Never throws.
SiteHistory site_history(World world, const Paths& paths, const Service& service);

/// `svcmgr.site/1`
std::string to_json(const SiteHistory& history);
/// Foreign bytes; otherwise why they are no history.
tl::expected<SiteHistory, std::string> parse_site_history(std::string_view text);

/// Why what the drpnode has may not replace what is here, for people; empty when the drpnode ran the service after it had received its
/// data, and this node has not started it since. Clocks may differ by any time.
std::string why_not_newer(const SiteHistory& here, const SiteHistory& there, const std::string& drpnode);

}  // namespace svcmgr
