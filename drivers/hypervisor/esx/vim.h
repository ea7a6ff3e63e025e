#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hypervisor/esx/machines.h"

namespace svcmgr::esx {

// What vim-cmd prints, on hosts that have no vmware-cmd (ESX 5 and newer).

/// A machine of `vim-cmd vmsvc/getallvms`.
struct Registered {
    unsigned id = 0;  ///< for the other calls; of this host, and as long as the machine is registered
    std::string name;
    Path vmx;  ///< "/vmfs/volumes/datastore1/vm1/vm1.vmx"
};

/// Reads the table of `getallvms`. The lines of an annotation that has several stand below its machine, and are passed over; nothing else
/// is.
Read<std::vector<Registered>> parse_all_machines(std::string_view text);
/// Reads `vmsvc/power.getstate ID`.
Read<GuestState> parse_power_state(std::string_view text);

/// What `vmsvc/get.summary ID` says; each where it does.
struct Summary {
    std::optional<std::uint32_t> processors;
    std::optional<std::uint32_t> megabytes;
    std::string address;  ///< that its tools told; empty when they told none
};
Summary parse_summary(std::string_view text);
/// Reads `hostsvc/autostartmanager/get_autostartseq`: the ids of the machines that the host starts by itself.
Read<std::set<unsigned>> parse_autostart(std::string_view text);

}  // namespace svcmgr::esx
