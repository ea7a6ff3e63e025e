#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/guest_list.h"

namespace svcmgr::jail {

/// Reads `jls -n` (jls(8)): a jail on each line, its parameters as words, `name=value` or a name alone; values may be quoted. A jail goes
/// by its name; one that was given none goes by its number there, and here by its hostname (contract.md 5.12).
tools::GuestList parse_jails(std::string_view text);

}  // namespace svcmgr::jail
