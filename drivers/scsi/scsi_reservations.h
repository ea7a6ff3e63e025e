#pragma once

#include "drivers/scsi/reservation_bytes.h"
#include "drivers/scsi/reservations.h"
#include "drivers/scsi/transport.h"

namespace svcmgr {

/// Reservations by SCSI commands, over any transport. Unit attentions and BUSY are met again and again after an event; each command is
/// tried ten times, 100 ms apart but for the first repetition, and not longer than its deadline.
class ScsiReservations : public Reservations {
public:
    /// Both outlive this.
    ScsiReservations(ScsiTransport& transport, Clock& clock) : transport_(transport), clock_(clock) {}

    ScsiResult ready(const Path& device, Deadline deadline) override;
    ScsiAnswer<RegisteredKeys> keys(const Path& device, Deadline deadline) override;
    ScsiAnswer<HeldReservation> reservation(const Path& device, Deadline deadline) override;
    ScsiAnswer<Registrants> registrants(const Path& device, Deadline deadline) override;
    ScsiAnswer<ReservationCapabilities> capabilities(const Path& device, Deadline deadline) override;
    ScsiResult change(const Path& device, const ReservationChange& change, Deadline deadline) override;

private:
    struct Sent {
        ScsiResult result;
        ScsiBytes in;
    };
    Sent send(const Path& device, const ScsiCommand& command, Deadline deadline);
    template <typename T>
    ScsiAnswer<T> read(const Path& device, ReservationRead what, Deadline deadline, Parsed<T> (*parse)(ScsiData));

    ScsiTransport& transport_;
    Clock& clock_;
};

}  // namespace svcmgr
