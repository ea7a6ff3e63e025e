#pragma once

#include <string>
#include <string_view>

#include "resources/resource.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// `svcmgr peer WORDS…` on a peer within the time of `doing`; what it printed. Throws Error: `unreachable` when it could not be asked, else
/// the peer's own words for why it did not do it.
std::string tell_peer(Doing& doing, const Node& node, const std::string& peer, const Argv& words, std::string_view input = {});

}  // namespace svcmgr
