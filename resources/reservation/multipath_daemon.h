#pragma once

#include "drivers/scsi/key.h"
#include "resources/reservation/shared_disk.h"
#include "resources/resource.h"

namespace svcmgr {

/// Tells multipathd(8) the key of the map that stands for a disk, so that it registers a path that comes back before anything is written
/// over it; key 0 makes it forget. It does so where multipath.conf says `reservation_key file`. A disk without a map is nothing to it, and
/// a node without multipathd is one whose paths `status --heal` registers. Never throws: what fails is noted.
void tell_multipathd(Doing& doing, const SharedDisk& disk, ReservationKey key);

}  // namespace svcmgr
