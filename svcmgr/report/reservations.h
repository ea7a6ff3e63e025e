#pragma once

#include <string>
#include <vector>

#include "resources/scsi_reservation.h"

namespace svcmgr {

/// The reservations below one resource of a service, looked at now.
struct ReservationView {
    std::string service;
    const ScsiReservation& resource;
    ScsiReservation::Report report;
};

/// A line a disk: paths, reservation, holder, who is registered.
std::string reservations_text(const ReservationView& view);
/// `svcmgr.reservations/1`
std::string reservations_json(const std::vector<ReservationView>& views, const std::string& node);

}  // namespace svcmgr
