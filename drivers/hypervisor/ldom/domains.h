#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/guest_list.h"

namespace svcmgr::ldom {

/// Reads `ldm list -p` (ldm(8), contract.md 5.5). The control domain, `primary`, is no guest. A domain that is bound and not active is
/// stopped, and a warning says what it keeps.
tools::GuestList parse_domains(std::string_view text);

/// Reads `ldm list-variable auto-boot? DOMAIN`: auto-boot?=true. Otherwise the line that is not understood.
tl::expected<bool, std::string> parse_auto_boot(std::string_view text);

/// A volume that a virtual disk server exports.
struct Volume {
    Path device;
    bool readonly = false;
};
/// "VOLUME@SERVER" -> volume, of `ldm list-services -p`. Otherwise the line that is not understood.
tl::expected<std::map<std::string, Volume, std::less<>>, std::string> parse_services(std::string_view text);

/// A domain's disks: `ldm list -o disk -p DOMAIN`, with the volumes that they are. Otherwise the line that is not understood. A disk of a
/// volume that no server has is one, too: it may be on another server's domain.
tl::expected<std::vector<GuestDisk>, std::string> parse_disks(std::string_view text,
                                                              const std::map<std::string, Volume, std::less<>>& volumes);

}  // namespace svcmgr::ldom
