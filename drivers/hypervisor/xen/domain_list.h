#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::xen {

/// A line of `xl list`.
struct Domain {
    std::string name;
    int id = 0;
    std::uint64_t memory_mib = 0;
    int vcpus = 0;
    std::string flags;  ///< "r-----"
    std::string uuid;   ///< in lower case; empty when the list is not that of `xl list -v`
};

struct DomainList {
    std::vector<Domain> domains;
    /// The first line that is not what xl prints, or why there is no list at all; empty when every line was read.
    std::string problem;
};

/// Reads what `xl list` or `xl list -v` prints, the table's head first. Nothing is guessed: a line in which anything is other than expected
/// is the problem, and no domain.
DomainList parse_domain_list(std::string_view text);

/// What the six flags of a domain mean: running, blocked, paused, shut down, crashed, dying. `unknown`, with the flags, for others.
GuestState guest_state(const Domain& domain);

}  // namespace svcmgr::xen
