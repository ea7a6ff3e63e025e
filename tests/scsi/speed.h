#pragma once

#include <string>
#include <vector>

#include "drivers/world.h"
#include "resources/reservation/shared_disk.h"

namespace svcmgr::test {

/// Takes and gives up disks several times and prints medians in milliseconds, one line each: NAME VALUE. `alone`: the slowest of the disks
/// by itself; `together`: all of them; `loop`: the commands that taking or giving up all of them needs at least, one after the other, as a
/// script around sg_persist sends them. False when a disk could not be taken.
bool print_speed(World world, const std::vector<SharedDisk>& disks, const std::string& name, int runs);

}  // namespace svcmgr::test
