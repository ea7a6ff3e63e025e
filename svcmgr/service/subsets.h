#pragma once

#include <compare>
#include <set>
#include <string>
#include <vector>

#include "drivers/options.h"
#include "resources/resource.h"

namespace svcmgr {

/// Resources of a group that are handled together: those of one subset, or those without (contract.md 2.12).
struct Subset {
    Group group;
    std::string name;  ///< empty for the resources without a subset

    auto operator<=>(const Subset&) const = default;
};

/// A section [subset#…] that names no group.
struct BadSubset {
    Options section;
    std::string problem;  ///< one sentence
    std::string suggestion;
};

struct Subsets {
    std::set<Subset> parallel;  ///< whose resources go at the same time
    std::vector<BadSubset> bad;
};

/// What the sections [subset#GROUP:NAME] and [subset#GROUP] say.
Subsets subsets_of(const std::vector<Options>& sections);

}  // namespace svcmgr
