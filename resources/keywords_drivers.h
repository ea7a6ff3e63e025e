#pragma once

#include <span>

#include "resources/keywords.h"

namespace svcmgr {

// The drivers of each kind, for the table of kinds. Each list is in the file of its kind.

std::span<const SectionDriver> ip_drivers();
std::span<const SectionDriver> disk_drivers();
std::span<const SectionDriver> fs_drivers();
std::span<const SectionDriver> share_drivers();
std::span<const SectionDriver> sync_drivers();        ///< all of them
std::span<const SectionDriver> sync_array_drivers();  ///< those of storage arrays

}  // namespace svcmgr
