#pragma once

#include <vector>

#include "svcmgr/command/command.h"
#include "svcmgr/report/reservations.h"

namespace svcmgr {

/// The reservations below the selected resources, read from the disks now; none for a service that reserves nothing.
std::vector<ReservationView> look_at_reservations(Context& context, const Service& service, const Selection& selection);

}  // namespace svcmgr
