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

struct ProcessorFit {
    enum class Value { fits, lacks, not_compared } value = Value::not_compared;
    std::string words = {};  ///< of libvirt, about `lacks`; may be empty
};
/// Whether this host has the processor that a <domain> asks for, by libvirt's own comparison; one that names none is not compared. libvirt
/// does that for who may change something only (CVE-2019-10168).
ProcessorFit processor_fit(const Session& session, const pugi::xml_node& domain);

/// KiB that this host has for guests, what is only cached with it; nothing when libvirt does not tell.
std::optional<std::uint64_t> available_memory(const Session& session);

}  // namespace svcmgr::kvm
