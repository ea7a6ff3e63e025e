#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/guest_list.h"

namespace svcmgr::vbox {

/// Reads `VBoxManage list --long vms`: a paragraph for each machine, which begins with its name and goes on with its groups or its system.
/// The versions 3.2 to 7.0 are known to differ in blanks, colons and words.
tools::GuestList parse_machines(std::string_view text);

/// The adapters of the host that a machine's network interfaces are bridged to, of the same text. None of a machine that is not there.
std::vector<std::string> bridged_adapters(std::string_view text, std::string_view machine);

/// What `VBoxManage showvminfo --machinereadable MACHINE` says, by key; quotes are taken off keys and values. Otherwise the line that is
/// not understood.
using MachineInfo = std::map<std::string, std::string, std::less<>>;
tl::expected<MachineInfo, std::string> parse_info(std::string_view text);

/// The media of its storage controllers, empty drives left out.
std::vector<GuestDisk> disks_of(const MachineInfo& info);

}  // namespace svcmgr::vbox
