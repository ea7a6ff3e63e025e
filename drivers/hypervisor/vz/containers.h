#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/guest_list.h"

namespace svcmgr::vz {

/// Reads `vzlist -a`: a heading, and a line for each container. Containers are known by their CTID. Headings tell which column is which;
/// CTID and STATUS have to be among them.
tools::GuestList parse_containers(std::string_view text);

/// A container's file, /etc/vz/conf/CTID.conf: NAME="value" on each line, as a shell would read it, and comments.
struct ContainerFile {
    bool onboot = false;
    int vcpus = 0;                 ///< 0: as many as the host has
    std::uint64_t memory_kib = 0;  ///< 0: not limited
    std::string private_area;      ///< with $VEID in it; "" when the file does not say it
};
/// Otherwise the line that is not understood.
tl::expected<ContainerFile, std::string> parse_container_file(std::string_view text);

/// "1G", "2.2G", "512M", "131072K", or a number of pages of 4 KiB; in KiB. Nothing for what is no size.
std::optional<std::uint64_t> parse_memory(std::string_view text);

}  // namespace svcmgr::vz
