#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/files/files.h"
#include "drivers/process/processes.h"

namespace svcmgr::hpvm {

// A guest of HP Integrity VM names its disks by device files, whose numbers differ from host to host. Two files go with its definition
// (contract.md 5.4), so that a peer can make them as they are here: NAME.mksf has a line DEVICE:WWID for each disk, NAME.share a line
// DEVICE:YES or DEVICE:NO, whether guests may share it.

/// Device file -> world wide identifier of its LUN.
using DeviceIds = std::map<Path, std::string>;
/// Device file -> whether guests may share it.
using DeviceShares = std::map<Path, bool>;

/// Of all that follows: otherwise the line that is not understood.
template <typename Value>
using Read = tl::expected<Value, std::string>;

Read<DeviceIds> parse_mksf(std::string_view text);
std::string mksf_text(const DeviceIds& ids);
Read<DeviceShares> parse_shares(std::string_view text);
std::string shares_text(const DeviceShares& shares);

/// Reads `ioscan -F -m dsf`: PERSISTENT:LEGACY… on each line; the persistent device files of disks.
Read<std::vector<Path>> parse_device_files(std::string_view text);
/// Reads `scsimgr get_attr -D DEVICE -a wwid -p`: the identifier alone.
Read<std::string> parse_wwid(std::string_view text);
/// Reads `scsimgr get_attr all_lun -a wwid -a instance -p`: WWID:INSTANCE on each line.
Read<std::map<std::string, unsigned>> parse_instances(std::string_view text);
/// Reads `hpvmdevmgmt -l all`: DEVICE[,DEVICE…]:ATTRIBUTE=VALUE,… on each line; those of the type DISK or FILE.
Read<DeviceShares> parse_managed(std::string_view text);

/// The mksf commands that make the device files which `exists` says are missing. Otherwise which LUN this host does not see.
Read<std::vector<Argv>> mksf_commands(const DeviceIds& wanted, const std::map<std::string, unsigned>& instances,
                                      const std::map<Path, bool>& exists);
/// The hpvmdevmgmt commands that make its database say what is wanted.
std::vector<Argv> share_commands(const DeviceShares& wanted, const DeviceShares& managed);

}  // namespace svcmgr::hpvm
