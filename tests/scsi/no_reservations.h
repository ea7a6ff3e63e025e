#pragma once

#include "drivers/scsi/reservations.h"

namespace svcmgr::test {

/// A node without shared disks.
class NoReservations : public Reservations {
public:
    ScsiResult ready(const Path&, Deadline) override { return none(); }
    ScsiAnswer<RegisteredKeys> keys(const Path&, Deadline) override { return {none(), {}}; }
    ScsiAnswer<HeldReservation> reservation(const Path&, Deadline) override { return {none(), {}}; }
    ScsiAnswer<Registrants> registrants(const Path&, Deadline) override { return {none(), {}}; }
    ScsiAnswer<ReservationCapabilities> capabilities(const Path&, Deadline) override { return {none(), {}}; }
    ScsiResult change(const Path&, const ReservationChange&, Deadline) override { return none(); }

private:
    static ScsiResult none() { return {ScsiResult::Value::failed, "no disks here"}; }
};

}  // namespace svcmgr::test
