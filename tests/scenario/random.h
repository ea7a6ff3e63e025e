#pragma once

#include <cstdint>
#include <string>

namespace svcmgr::sim {

/// Plays `count` scenarios made up from `seed`, `seed` + 1 …, with the audits after every command, and prints for each kind of problem the
/// shortest version of the first scenario that has it. Returns the exit code.
int run_random(const std::string& common, std::uint64_t seed, int count);

}  // namespace svcmgr::sim
