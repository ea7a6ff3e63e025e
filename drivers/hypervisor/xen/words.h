#pragma once

#include <string>
#include <string_view>

namespace svcmgr::xen {

/// Why xl failed, from what it wrote on stderr: the first line that tells, without the places in Xen's source. Empty when none does.
///
///     Parsing config from /etc/xen/vm188.cfg
///     libxl: error: libxl_device.c:455:libxl__device_disk_set_backend: Disk vdev=xvda failed to stat: /srv/vm188.img: No such …
std::string reason_of_failure(std::string_view err);

/// Whether xl knows no domain of that name ("vm188 is an invalid domain identifier (rc=-6)").
bool knows_no_such_domain(std::string_view err);
/// Whether this host does not run on Xen, or xl may not ask it.
bool is_no_xen(std::string_view err);

}  // namespace svcmgr::xen
