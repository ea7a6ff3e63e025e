#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/guest_list.h"

namespace svcmgr::jail {

/// Reads `jls -n` (jls(8)): a jail on each line, its parameters as words, `name=value` or a name alone; values may be quoted. A jail goes
/// by its name; one that was given none goes by its number there, and here by its hostname (contract.md 5.12).
tools::GuestList parse_jails(std::string_view text);

/// How many processors a jail may use, of `cpuset -g -j NAME`: jail 7 mask: 0, 1, 2. Nothing when the text says something else.
std::optional<int> parse_processors(std::string_view text);
/// The limit of its memory in KiB, of the rules that `rctl jail:NAME` lists: jail:NAME:memoryuse:deny=536870912. 0 when no rule limits it.
std::uint64_t parse_memory_limit(std::string_view text, const std::string& name);

}  // namespace svcmgr::jail
