#pragma once

#include <functional>

#include "drivers/scsi/nvme_reservations.h"
#include "drivers/scsi/reservations.h"

namespace svcmgr {

/// ioctl(2) on an open file: what it returns, or -errno.
using Ioctl = std::function<int(int descriptor, unsigned long request, void* argument)>;
int kernel_ioctl(int descriptor, unsigned long request, void* argument);

/// This machine's NVMe namespaces, by ioctl. Calls return when the kernel does.
class KernelNvme : public NvmePort {
public:
    explicit KernelNvme(Ioctl ioctl = kernel_ioctl) : ioctl_(std::move(ioctl)) {}

    int change(const Path& device, const ReservationChange& change) override;
    Report report(const Path& device, std::size_t length) override;

private:
    Ioctl ioctl_;
};

/// Each device with the commands that it understands: NVMe namespaces ("/dev/nvme0n1") by theirs, everything else by SCSI's.
class DeviceReservations : public Reservations {
public:
    /// All outlive this.
    DeviceReservations(Reservations& scsi, Reservations& nvme) : scsi_(scsi), nvme_(nvme) {}

    ScsiResult ready(const Path& device, Deadline deadline) override { return of(device).ready(device, deadline); }
    ScsiAnswer<RegisteredKeys> keys(const Path& device, Deadline deadline) override { return of(device).keys(device, deadline); }
    ScsiAnswer<HeldReservation> reservation(const Path& device, Deadline deadline) override {
        return of(device).reservation(device, deadline);
    }
    ScsiAnswer<Registrants> registrants(const Path& device, Deadline deadline) override { return of(device).registrants(device, deadline); }
    ScsiAnswer<ReservationCapabilities> capabilities(const Path& device, Deadline deadline) override {
        return of(device).capabilities(device, deadline);
    }
    ScsiResult change(const Path& device, const ReservationChange& change, Deadline deadline) override {
        return of(device).change(device, change, deadline);
    }

private:
    Reservations& of(const Path& device) const { return device.starts_with("/dev/nvme") ? nvme_ : scsi_; }

    Reservations& scsi_;
    Reservations& nvme_;
};

}  // namespace svcmgr
