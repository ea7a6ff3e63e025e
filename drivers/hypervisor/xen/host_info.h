#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace svcmgr::xen {

/// What `xl info` says of a host; each where it does.
struct HostInfo {
    std::optional<std::uint64_t> total_mib;
    std::optional<std::uint64_t> free_mib;           ///< without what domains that are being made have claimed
    std::optional<std::uint16_t> highest_processor;  ///< they are numbered from 0
    std::string command_line;                        ///< Xen's own
};
HostInfo parse_host_info(std::string_view text);

/// Whether Xen was told how much memory the host's own domain has. Then `xl create` takes none from there, unless xl.conf says so: this is
/// what its `autoballoon = "auto"` goes by (xl.conf(5)).
bool fixes_own_memory(std::string_view command_line);

/// The processors of the host that `cpus` of a configuration names: "all", "2", "0-3,^1". Nothing for what names nodes, or can't be read.
std::optional<std::set<std::uint16_t>> processors_of(std::string_view spec, std::uint16_t highest);

}  // namespace svcmgr::xen
