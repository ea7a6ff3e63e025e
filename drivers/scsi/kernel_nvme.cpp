#include "drivers/scsi/kernel_nvme.h"

#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <linux/pr.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "drivers/descriptor.h"

namespace svcmgr {

namespace {

int ask(int descriptor, unsigned long request, void* argument) {
    const int result = ::ioctl(descriptor, request, argument);
    return result < 0 ? -errno : result;
}

}  // namespace

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
            return ask(file.get(), IOC_PR_REGISTER, &registration);
        }
        case Action::reserve:
        case Action::release: {
            pr_reservation reservation{key, type, 0};
            return ask(file.get(), change.action == Action::reserve ? IOC_PR_RESERVE : IOC_PR_RELEASE, &reservation);
        }
        case Action::preempt:
        case Action::preempt_and_abort: {
            // The kernel hands the first key on as the current key of this host, and the second as that of whom it preempts.
            pr_preempt preempt{key, service_key, type, 0};
            return ask(file.get(), change.action == Action::preempt ? IOC_PR_PREEMPT : IOC_PR_PREEMPT_ABORT, &preempt);
        }
        case Action::clear: {
            pr_clear clear{key, 0, 0};
            return ask(file.get(), IOC_PR_CLEAR, &clear);
        }
    }
    return -EINVAL;
}

NvmePort::Report KernelNvme::report(const Path& device, std::size_t length) {
    constexpr std::uint8_t reservation_report = 0x0e;
    constexpr std::uint32_t extended = 1;
    const Descriptor file(::open(device.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {-errno, {}};
    const int namespace_id = ::ioctl(file.get(), NVME_IOCTL_ID);
    if (namespace_id < 0) return {-errno, {}};
    Report report{0, ScsiBytes(length)};
    nvme_passthru_cmd command{};
    command.opcode = reservation_report;
    command.nsid = static_cast<__u32>(namespace_id);
    command.addr = reinterpret_cast<__u64>(report.data.data());
    command.data_len = static_cast<__u32>(length);
    command.cdw10 = static_cast<__u32>(length / 4 - 1);
    command.cdw11 = extended;
    report.result = ask(file.get(), NVME_IOCTL_IO_CMD, &command);
    return report;
}

}  // namespace svcmgr
