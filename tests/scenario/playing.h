#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/scenario/scenario.h"

namespace svcmgr::sim {

/// What a scenario shows: the text that `expect` has.
struct Played {
    std::string text;
    std::vector<std::string> problems;  ///< that the audits found
    int places = 0;                     ///< of an EveryCall
};

/// Plays a scenario from its beginning to its end; one with an EveryCall as often as it has places, or at each `step`th of them. Throws
/// ScenarioError.
Played play_scenario(const Scenario& scenario, std::uint64_t seed, int step = 1);

/// Plays one place of a scenario with an EveryCall; `text` is the whole transcript.
Played play_place(const Scenario& scenario, std::uint64_t seed, int place);

}  // namespace svcmgr::sim
