#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::xen {

/// What svcmgr reads of a guest's configuration (xl.cfg(5)).
struct GuestConfig {
    /// A network interface (xl-network-configuration(5)); what is not said is empty, and xl.conf's then.
    struct Vif {
        std::string bridge;
        std::string script;   ///< "vif-bridge", "vif-route" …
        std::string backend;  ///< the domain that has the bridge

        bool operator==(const Vif&) const = default;
    };

    std::string name;  ///< empty when it says none
    std::string uuid;  ///< in lower case; empty when it says none: each start makes another one then
    std::vector<GuestDisk> disks;
    std::vector<Vif> vifs;
    std::optional<std::uint64_t> memory_mib;  ///< that it starts with; nothing when it says none, or what is no number
    std::uint64_t vcpus = 1;                  ///< that it may have at most
    std::vector<std::string> cpus;            ///< on which its processors have to run: "0-3,^1", of all of them or of each
};

/// Otherwise: why it can't be read, "line 3: …". Checks no more than it has to: xl has the last word.
tl::expected<GuestConfig, std::string> parse_config(std::string_view text);

/// What svcmgr reads of the settings of xl itself, /etc/xen/xl.conf (xl.conf(5)).
struct XlSettings {
    enum class Ballooning { on, off, automatic };
    /// Whether `xl create` takes memory from the host's own domain when too little is free.
    Ballooning ballooning = Ballooning::automatic;
    GuestConfig::Vif vif;  ///< what holds where an interface says nothing
};
/// Otherwise: why it can't be read.
tl::expected<XlSettings, std::string> parse_xl_settings(std::string_view text);

/// One disk of a configuration (xl-disk-configuration(5)), with the prefixes of older versions: "phy:/dev/vg/vm188,xvda,w",
/// "/dev/vg/vm188,raw,xvda,rw", "format=qcow2,vdev=xvda,access=rw,target=/srv/vm188.qcow2".
GuestDisk parse_disk(std::string_view spec);

}  // namespace svcmgr::xen
