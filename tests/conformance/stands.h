#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// How a technology's driver is tried: a line of the table.
struct StandType {
    std::string_view technology;
    /// Throws Skipped when it can't be tried on this machine.
    std::unique_ptr<Stand> (*make)(const Path& module_directory);
};

/// Every technology, in the order of the manual page. Where one needs more than the program `conformance` (a lab, root), the script
/// tests/conformance/run has a function of its name.
std::span<const StandType> stand_types();

}  // namespace svcmgr::conformance
