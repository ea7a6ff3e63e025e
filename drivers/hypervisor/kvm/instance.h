#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/keywords/kvm_instance.h"

namespace svcmgr::kvm {

/// What a domain's template does not say: which guest is made of it.
struct Instance {
    std::string name;
    std::string uuid;  ///< in lower case
    /// One for each interface, in their order; none: the interfaces are as the template has them.
    std::vector<KvmNetwork> networks;
};

/// The XML of the domain: the template with
/// - name and uuid of the instance, whatever it says itself;
/// - one interface for each network, in order: those of the template, with what they are connected to replaced, then new ones of virtio;
/// - a MAC address for each interface that has none, and a device name for each that has one on the node: both are made of the uuid and the
///   interface's number, and the same on every node and at every start.
/// Otherwise: why there is none, "line 3: …".
tl::expected<std::string, std::string> make_domain(std::string_view domain_template, const Instance& instance);

/// "52:54:00:a1:b2:c3": of QEMU's own range, which is locally administered. `number` counts from 0.
std::string mac_address(std::string_view uuid, unsigned number);
/// "tap6b5e2c1a-0", which is as long as the kernel allows for up to a hundred interfaces.
std::string node_device(std::string_view uuid, unsigned number);

}  // namespace svcmgr::kvm
