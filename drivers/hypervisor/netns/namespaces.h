#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/guest_list.h"

namespace svcmgr::netns {

/// Reads `ip netns list` (ip-netns(8)): a name on each line, "(id: 3)" behind it where the kernel has given it a number.
tools::GuestList parse_namespaces(std::string_view text);

/// The processes that `ip netns pids` lists; the reason when a line is no number.
tl::expected<std::vector<int>, std::string> parse_processes(std::string_view text);

/// What `grep -H ''` prints of files: their values by path. Lines of another kind are left out.
std::map<std::string, std::string> parse_values(std::string_view text);

}  // namespace svcmgr::netns
