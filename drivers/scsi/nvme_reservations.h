#pragma once

#include <span>

#include <tl/expected.hpp>

#include "drivers/scsi/reservations.h"
#include "drivers/scsi/transport.h"

namespace svcmgr {

/// What the kernel is asked about the reservations of an NVMe namespace. Never throws; usable from several threads at once.
class NvmePort {
public:
    virtual ~NvmePort() = default;
    /// 0, an NVMe status (positive), or -errno.
    virtual int change(const Path& device, const ReservationChange& change) = 0;
    /// The extended Reservation Report (NVM Express Base 2.0, 7.4), at most `length` bytes.
    struct Report {
        int result = 0;  ///< as of change
        ScsiBytes data;
    };
    virtual Report report(const Path& device, std::size_t length) = 0;
};

/// What a Reservation Report says.
struct NvmeReport {
    HeldReservation held;
    std::vector<Registrant> registrants;
};
tl::expected<NvmeReport, std::string> parse_nvme_report(std::span<const std::uint8_t> data);

/// Reservations of NVMe namespaces: changed by the kernel's IOC_PR_* (linux/pr.h), read by the Reservation Report command. What SCSI calls
/// a nexus is a host with its controllers here; RESERVE, PREEMPT and their like mean the same.
class NvmeReservations : public Reservations {
public:
    /// `port` is never destroyed: a command that hangs in the kernel is given up at its deadline, and may outlive its caller.
    NvmeReservations(NvmePort& port, const Clock& clock) : port_(port), clock_(clock) {}

    ScsiResult ready(const Path& device, Deadline deadline) override;
    ScsiAnswer<RegisteredKeys> keys(const Path& device, Deadline deadline) override;
    ScsiAnswer<HeldReservation> reservation(const Path& device, Deadline deadline) override;
    ScsiAnswer<Registrants> registrants(const Path& device, Deadline deadline) override;
    ScsiAnswer<ReservationCapabilities> capabilities(const Path& device, Deadline deadline) override;
    ScsiResult change(const Path& device, const ReservationChange& change, Deadline deadline) override;

private:
    ScsiAnswer<NvmeReport> read(const Path& device, Deadline deadline);

    NvmePort& port_;
    const Clock& clock_;
};

/// The number of a type in NVMe and in linux/pr.h, which are the same.
std::uint8_t nvme_type(ReservationType type);
std::optional<ReservationType> reservation_type_of_nvme(std::uint8_t type);

}  // namespace svcmgr
