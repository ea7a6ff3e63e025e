#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/files/files.h"
#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::esx {

/// Otherwise the line that is not understood.
template <typename Value>
using Read = tl::expected<Value, std::string>;

/// Reads `vmware-cmd -l`: the path of a machine's file on each line (contract.md 5.7).
Read<std::vector<Path>> parse_registered(std::string_view text);
/// The file of the machine NAME: …/NAME.vmx. Several, when two machines have this name.
std::vector<Path> files_of(const std::vector<Path>& registered, const std::string& name);

/// Reads `vmware-cmd VMX getstate`: getstate() = on.
Read<GuestState> parse_state(std::string_view text);
/// Reads `vmware-cmd VMX getconfig KEY`: getconfig(KEY) = 4.
Read<std::uint32_t> parse_config_number(std::string_view text, std::string_view key);

/// Reads `vmware-cmd VMX getguestinfo ip`: getguestinfo(ip) = 10.0.3.17, as the machine's tools told it. Empty when they did not.
std::string parse_guest_address(std::string_view text);

/// The disks that a machine's file names. Otherwise the line that is not understood.
Read<std::vector<GuestDisk>> parse_vmx_disks(std::string_view text, const Path& vmx);

}  // namespace svcmgr::esx
