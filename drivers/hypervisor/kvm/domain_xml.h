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
    std::string uuid;              ///< in lower case; empty when the text says none
    std::vector<GuestDisk> disks;  ///< in the order of the text; sizes are not in it
    std::vector<Path> firmware;    ///< loader and nvram, as far as they are named by an absolute path
    /// What has to be on the node before it is started: files of disks that are not optional, kernel, initrd, loader. Nvram is made.
    std::vector<Path> files;
    std::vector<Path> devices;      ///< likewise: block devices
    std::vector<std::string> macs;  ///< of its interfaces, in lower case
    bool on_network = false;        ///< whether one of them is on a network of libvirt's
};

/// Whether `xml` is the definition of one domain, with or without a name: empty, or why not, "line 3: …".
std::string why_no_domain(std::string_view xml);

/// Reads a domain's XML. External entities and document types are not followed. Otherwise: why it can't be read, "line 3: …".
tl::expected<Domain, std::string> parse_domain(std::string_view xml);

/// The disks of `live`, and those of `stored` whose targets `live` does not have.
std::vector<GuestDisk> merge_disks(std::vector<GuestDisk> live, const std::vector<GuestDisk>& stored);

/// Whether the XML of virConnectGetCapabilities says that guests with full virtualisation (hvm) can run.
bool supports_hvm(std::string_view capabilities_xml);

}  // namespace svcmgr::kvm
