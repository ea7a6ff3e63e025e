#pragma once

#include <string_view>

#include "drivers/hypervisor/tools/guest_list.h"

namespace svcmgr::zone {

/// Reads `zoneadm list -cp` (zoneadm(8); contract.md 5.9): id:name:state:path:uuid:brand:ip-type and, by release, up to four fields more.
/// A state is the reason of its zone: "installed". The global zone is no guest. Zones that are `configured` or `incomplete` are stopped:
/// their files are elsewhere, or half there.
tools::GuestList parse_zone_list(std::string_view text);

}  // namespace svcmgr::zone
