#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::xen {

/// What svcmgr reads of a guest's configuration (xl.cfg(5)).
struct GuestConfig {
    std::string name;  ///< empty when it says none
    std::string uuid;  ///< in lower case; empty when it says none: each start makes another one then
    std::vector<GuestDisk> disks;
};

/// Otherwise: why it can't be read, "line 3: …". Checks no more than it has to: xl has the last word.
tl::expected<GuestConfig, std::string> parse_config(std::string_view text);

/// One disk of a configuration (xl-disk-configuration(5)), with the prefixes of older versions: "phy:/dev/vg/vm188,xvda,w",
/// "/dev/vg/vm188,raw,xvda,rw", "format=qcow2,vdev=xvda,access=rw,target=/srv/vm188.qcow2".
GuestDisk parse_disk(std::string_view spec);

}  // namespace svcmgr::xen
