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

/// The virtual switches that the guest's network interfaces are connected to, of the same: network:lan:PLACE:vswitch:NAME[:portid:N].
/// Otherwise the line that is not understood.
tl::expected<std::vector<std::string>, std::string> parse_vswitches(std::string_view text);

/// The state of a virtual switch, "Up" or another word, of `hpvmnet -S NAME`: a heading, and a line of the switch below it. Otherwise why
/// it is not there.
tl::expected<std::string, std::string> parse_vswitch_state(std::string_view text, std::string_view name);

}  // namespace svcmgr::hpvm
