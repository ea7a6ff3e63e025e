#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// How a technology's driver is tried: a line of the table.
struct StandType {
    std::string_view technology;
    Stand::Promises promises;  ///< of a technology whose answers are played
    /// Null: its tools' answers are played. Throws Skipped when it can't be tried on this machine.
    std::unique_ptr<Stand> (*make)(const Path& module_directory);
};

/// Every technology, in the order of the manual page. Where one needs more than the program `conformance` (a lab, root), the script
/// tests/conformance/run has a function of its name.
std::span<const StandType> stand_types();
/// The line of a technology. Throws Error for one that is not in the table.
const StandType& stand_type(std::string_view technology);
/// Throws Error for a technology that is not in the table, Skipped when it can't be tried on this machine.
std::unique_ptr<Stand> make_stand(std::string_view technology, const Path& module_directory);

}  // namespace svcmgr::conformance
