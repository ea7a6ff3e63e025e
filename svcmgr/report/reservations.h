#pragma once

#include <map>
#include <string>
#include <vector>

#include "resources/scsi_reservation.h"

namespace svcmgr {

/// How often each key is registered, by key.
std::map<ReservationKey, std::size_t> counted(const std::vector<ReservationKey>& keys);

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
