#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/copies.h"

namespace svcmgr::kvm {

/// A layer that takes what a copy writes, above a disk that stays as it is.
struct Layer {
    Path disk;           ///< file or block device
    std::string format;  ///< of the disk: "raw", "qcow2" …
    Path file;           ///< of the layer, qcow2
};

/// What a copy of a guest is started from.
struct CopyDefinition {
    std::string xml;
    std::vector<Layer> layers;
    Path nvram;        ///< the guest's own, of which the copy gets one; empty when it has none
    Path nvram_layer;  ///< where it goes
};

/// The XML of a domain made into that of a copy (https://libvirt.org/formatdomain.html):
/// - name, uuid and MAC addresses of its own;
/// - each disk that can be written is a layer in the copy's directory, and so is the nvram;
/// - each interface is on the copy's bridge, whatever it was connected to, filtered by or routed to;
/// - what a serial port or a channel writes into a file goes into the copy's directory;
/// - devices of the host that were handed over to it, and leases, are left out.
/// Otherwise: why it can't be copied without touching what is not the copy's own. That is so for disks that are no file and no block
/// device, for encrypted ones, for directories that are shared with the host, and for arguments of QEMU of which nobody knows what they do.
tl::expected<CopyDefinition, std::string> copy_of_domain(std::string_view xml, const GuestCopy& copy);

/// The copy's uuid: made of its name, so that whoever cleans up knows its copy from another guest of the name.
std::string copy_uuid(const std::string& name);

}  // namespace svcmgr::kvm
