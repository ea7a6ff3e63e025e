#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::xen {

/// The disks of a running domain, from the JSON of `xl list -l NAME`. Otherwise: why it can't be read.
tl::expected<std::vector<GuestDisk>, std::string> parse_live_disks(std::string_view json, const std::string& name);

/// What leads to the addresses of a running domain.
struct Adapters {
    std::vector<std::string> addresses;  ///< that its configuration gives them (`ip=`)
    std::vector<std::string> macs;       ///< in lower case
};
/// From the JSON of `xl list -l NAME`. Nothing in what is not that, or is another domain's.
Adapters parse_adapters(std::string_view json, const std::string& name);

/// The disks of `live`, and those of `stored` whose targets `live` does not have.
std::vector<GuestDisk> merge_disks(std::vector<GuestDisk> live, const std::vector<GuestDisk>& stored);

}  // namespace svcmgr::xen
