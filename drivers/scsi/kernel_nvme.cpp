#include "drivers/scsi/kernel_nvme.h"

#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <linux/pr.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "drivers/descriptor.h"

namespace svcmgr {

int kernel_ioctl(int descriptor, unsigned long request, void* argument) {
    const int result = ::ioctl(descriptor, request, argument);
    return result < 0 ? -errno : result;
}

int KernelNvme::change(const Path& device, const ReservationChange& change) {
    const Descriptor file(::open(device.c_str(), O_RDWR | O_CLOEXEC));
    if (!file) return -errno;
    const std::uint64_t key = change.key.value();
    const std::uint64_t service_key = change.service_key.value();
    const std::uint32_t type = nvme_type(change.type);
    using Action = ReservationChange::Action;
    switch (change.action) {
        case Action::register_key:
        case Action::register_and_ignore: {
            const bool ignore = change.action == Action::register_and_ignore;
            pr_registration registration{key, service_key, ignore ? static_cast<__u32>(PR_FL_IGNORE_KEY) : 0U, 0};
            return ioctl_(file.get(), IOC_PR_REGISTER, &registration);
        }
        case Action::reserve:
        case Action::release: {
            pr_reservation reservation{key, type, 0};
            return ioctl_(file.get(), change.action == Action::reserve ? IOC_PR_RESERVE : IOC_PR_RELEASE, &reservation);
        }
        case Action::preempt:
        case Action::preempt_and_abort: {
            // Despite their names the kernel hands `old_key` on as the current key of this host (CRKEY) and `new_key` as that of whom it
            // preempts (PRKEY): nvme_pr_preempt of drivers/nvme/host/pr.c, and sd_pr_preempt and dm_pr_preempt alike.
            pr_preempt preempt{key, service_key, type, 0};
            return ioctl_(file.get(), change.action == Action::preempt ? IOC_PR_PREEMPT : IOC_PR_PREEMPT_ABORT, &preempt);
        }
        case Action::clear: {
            pr_clear clear{key, 0, 0};
            return ioctl_(file.get(), IOC_PR_CLEAR, &clear);
        }
    }
    return -EINVAL;
}

NvmePort::Report KernelNvme::report(const Path& device, std::size_t length) {
    constexpr std::uint8_t reservation_report = 0x0e;
    constexpr std::uint32_t extended = 1;
    const Descriptor file(::open(device.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {-errno, {}};
    const int namespace_id = ioctl_(file.get(), NVME_IOCTL_ID, nullptr);
    if (namespace_id < 0) return {namespace_id, {}};
    Report report{0, ScsiBytes(length)};
    nvme_passthru_cmd command{};
    command.opcode = reservation_report;
    command.nsid = static_cast<__u32>(namespace_id);
    command.addr = reinterpret_cast<__u64>(report.data.data());
    command.data_len = static_cast<__u32>(length);
    command.cdw10 = static_cast<__u32>(length / 4 - 1);
    command.cdw11 = extended;
    report.result = ioctl_(file.get(), NVME_IOCTL_IO_CMD, &command);
    return report;
}

}  // namespace svcmgr
