#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::kvm {

/// What svcmgr reads of a domain's XML (https://libvirt.org/formatdomain.html).
struct Domain {
    std::string name;
    std::vector<GuestDisk> disks;  ///< in the order of the text; sizes are not in it
    std::vector<Path> firmware;    ///< loader and nvram, as far as they are named by an absolute path
};

/// Reads a domain's XML. External entities and document types are not followed. Otherwise: why it can't be read, "line 3: …".
tl::expected<Domain, std::string> parse_domain(std::string_view xml);

/// The disks of `live`, and those of `stored` whose targets `live` does not have.
std::vector<GuestDisk> merge_disks(std::vector<GuestDisk> live, const std::vector<GuestDisk>& stored);

/// Whether the XML of virConnectGetCapabilities says that guests with full virtualisation (hvm) can run.
bool supports_hvm(std::string_view capabilities_xml);

}  // namespace svcmgr::kvm
