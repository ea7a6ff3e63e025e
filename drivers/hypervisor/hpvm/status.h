#pragma once

#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/guest_list.h"

namespace svcmgr::hpvm {

/// Reads `hpvmstatus -M`: a record of colon separated fields for each guest (contract.md 5.4 and appendix A). Counted from 0: 0 its name,
/// 10 its state, 11 its boot policy, 19 its vcpus before a `;`, 20 its memory before a `;`.
tools::GuestList parse_status(std::string_view text);

/// Reads `hpvmstatus -d -P GUEST`: a line for each device, DEVICE:ADAPTOR:PLACE:STORAGE:WHAT. What is no disk is left out. Otherwise the
/// line that is not understood.
tl::expected<std::vector<GuestDisk>, std::string> parse_devices(std::string_view text);

}  // namespace svcmgr::hpvm
