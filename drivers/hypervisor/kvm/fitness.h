#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drivers/hypervisor/kvm/connection.h"

namespace pugi {
class xml_node;
}

/// Whether this host could run a guest. These functions block as long as libvirt does.
namespace svcmgr::kvm {

/// Whether this host has the processor that a <domain> asks for, by libvirt's own comparison. Nothing when it has, when the domain names
/// none, and when libvirt can't compare; otherwise libvirt's words about it, which may be empty.
std::optional<std::string> missing_processor(const Session& session, const pugi::xml_node& domain);

/// KiB that this host has for guests, what is only cached with it; nothing when libvirt does not tell.
std::optional<std::uint64_t> available_memory(const Session& session);

}  // namespace svcmgr::kvm
