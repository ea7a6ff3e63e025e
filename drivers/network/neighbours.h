#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace svcmgr {

/// The IPv4 addresses under which this node has talked to one of these MAC addresses (in lower case), from the text of /proc/net/arp.
std::vector<std::string> neighbours_of(std::string_view arp, const std::vector<std::string>& macs);

}  // namespace svcmgr
