#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace svcmgr::kvm {

/// What a domain's XML wants of the host beside its files and disks (https://libvirt.org/formatdomain.html), each name once.
struct HostWants {
    std::vector<std::string> bridges;
    std::vector<std::string> networks;  ///< of libvirt
    std::vector<std::string> adapters;  ///< <interface type='direct'>
    std::uint64_t memory_kib = 0;       ///< 0 when it does not say, or has it from the pages that the host keeps apart
};

/// Otherwise: why it can't be read.
tl::expected<HostWants, std::string> wants_of(std::string_view xml);

}  // namespace svcmgr::kvm
