#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/files/files.h"
#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::zone {

/// What svcmgr reads of a zone's configuration, /etc/zones/NAME.xml.
struct ZoneFile {
    std::string name;
    Path path;  ///< of the zone's root directory's parent: its `zonepath`
    bool autoboot = false;
    int vcpus = 0;                       ///< of its processor set, or of its virtual ones; 0: those of its host
    std::uint64_t memory_kib = 0;        ///< that it is capped at; 0: what its host has
    std::vector<std::string> addresses;  ///< that its networks give it, or allow it
    std::vector<GuestDisk> disks;        ///< devices that the zone is given, and those that its file systems are on
};

/// Reads it. Otherwise why it can't be read.
tl::expected<ZoneFile, std::string> parse_zone_file(std::string_view xml);

}  // namespace svcmgr::zone
