#pragma once

#include <span>
#include <string_view>

#include "drivers/options.h"

namespace svcmgr {

/// A type of container that an env file of some OpenSVC may name.
struct Technology {
    std::string_view name;
    std::string_view text;  ///< for the manual page
    Keywords keywords;      ///< of its container sections, beyond those that every container has
};

/// All of them, in the order of the manual page. Those with a driver are in drivers/hypervisor/table.h; the keywords of the others are
/// known all the same, so that their env files can be checked.
std::span<const Technology> technologies();
const Technology* find_technology(std::string_view name);

}  // namespace svcmgr
