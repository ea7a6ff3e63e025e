// What the kernel is handed: nobody here has a namespace with reservations (share/doc/decisions.md).

#include "drivers/scsi/kernel_nvme.h"

#include <doctest/doctest.h>
#include <linux/nvme_ioctl.h>
#include <linux/pr.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>
#include <vector>

using namespace svcmgr;

namespace {

/// Remembers what ioctl was called with; the arguments are the kernel's own structures.
struct Kernel {
    template <typename Argument>
    static Argument as(const std::vector<std::uint8_t>& bytes) {
        Argument argument;
        REQUIRE(bytes.size() == sizeof argument);
        std::memcpy(&argument, bytes.data(), sizeof argument);
        return argument;
    }
    template <typename Argument>
    Argument last() const {
        return as<Argument>(bytes);
    }

    int operator()(int descriptor, unsigned long which, void* argument) {
        CHECK(descriptor >= 0);
        request = which;
        if (which == NVME_IOCTL_ID) return 7;
        bytes.assign(static_cast<const std::uint8_t*>(argument), static_cast<const std::uint8_t*>(argument) + _IOC_SIZE(which));
        return result;
    }

    unsigned long request = 0;
    std::vector<std::uint8_t> bytes;
    int result = 0;
};

constexpr ReservationKey own(0x5e2a00000001), other(0x5e2a00000002);
using Action = ReservationChange::Action;

struct Node {
    int change(const ReservationChange& change) {
        KernelNvme nvme([this](int descriptor, unsigned long which, void* argument) { return kernel(descriptor, which, argument); });
        return nvme.change("/dev/null", change);
    }
    Kernel kernel;
};

}  // namespace

// Of PREEMPT the kernel makes CRKEY, the key of this host, of `old_key`, and PRKEY, whose holder goes, of `new_key`
// (drivers/nvme/host/pr.c; its target drivers/nvme/target/pr.c reads them so). The other way round a node would preempt itself.
TEST_CASE("preempting: the first key is this node's, the second is the one that goes") {
    Node node;
    for (const auto& [action, request] : {std::pair<Action, unsigned long>(Action::preempt, IOC_PR_PREEMPT),
                                          std::pair<Action, unsigned long>(Action::preempt_and_abort, IOC_PR_PREEMPT_ABORT)}) {
        CHECK(node.change({.action = action, .key = own, .service_key = other, .type = ReservationType::write_exclusive_registrants}) == 0);
        CHECK(node.kernel.request == request);
        const auto said = node.kernel.last<pr_preempt>();
        CHECK(said.old_key == own.value());
        CHECK(said.new_key == other.value());
        CHECK(said.type == PR_WRITE_EXCLUSIVE_REG_ONLY);
        CHECK(said.flags == 0);  // the kernel refuses any
    }
}

TEST_CASE("registering: whatever the host had is ignored where it is to be, and 0 takes the key away") {
    Node node;
    CHECK(node.change({.action = Action::register_and_ignore, .service_key = own}) == 0);
    CHECK(node.kernel.request == IOC_PR_REGISTER);
    auto said = node.kernel.last<pr_registration>();
    CHECK(said.old_key == 0);
    CHECK(said.new_key == own.value());
    CHECK(said.flags == PR_FL_IGNORE_KEY);
    CHECK(node.change({.action = Action::register_key, .key = own}) == 0);
    said = node.kernel.last<pr_registration>();
    CHECK(said.old_key == own.value());
    CHECK(said.new_key == 0);
    CHECK(said.flags == 0);
}

TEST_CASE("reserving, releasing, clearing") {
    Node node;
    for (const auto& [type, number] : {std::pair(ReservationType::write_exclusive_registrants, PR_WRITE_EXCLUSIVE_REG_ONLY),
                                       std::pair(ReservationType::write_exclusive_all, PR_WRITE_EXCLUSIVE_ALL_REGS)}) {
        CHECK(node.change({.action = Action::reserve, .key = own, .type = type}) == 0);
        CHECK(node.kernel.request == IOC_PR_RESERVE);
        CHECK(node.kernel.last<pr_reservation>().key == own.value());
        CHECK(node.kernel.last<pr_reservation>().type == number);
        CHECK(node.change({.action = Action::release, .key = own, .type = type}) == 0);
        CHECK(node.kernel.request == IOC_PR_RELEASE);
        CHECK(node.kernel.last<pr_reservation>().type == number);
    }
    CHECK(node.change({.action = Action::clear, .key = own}) == 0);
    CHECK(node.kernel.request == IOC_PR_CLEAR);
    CHECK(node.kernel.last<pr_clear>().key == own.value());
}

TEST_CASE("reading: a Reservation Report in the extended form, for the namespace that the kernel names") {
    Node node;
    KernelNvme nvme([&](int descriptor, unsigned long which, void* argument) { return node.kernel(descriptor, which, argument); });
    const NvmePort::Report report = nvme.report("/dev/null", 256);
    CHECK(report.result == 0);
    CHECK(report.data.size() == 256);
    CHECK(node.kernel.request == NVME_IOCTL_IO_CMD);
    const auto said = node.kernel.last<nvme_passthru_cmd>();
    CHECK(said.opcode == 0x0e);
    CHECK(said.nsid == 7);
    CHECK(said.data_len == 256);
    CHECK(said.cdw10 == 256 / 4 - 1);  // dwords, counted from 0
    CHECK(said.cdw11 == 1);
    CHECK(said.addr == reinterpret_cast<__u64>(report.data.data()));
}

TEST_CASE("what the kernel refuses comes back as it is, and a device that is gone is an error") {
    Node node;
    node.kernel.result = -EOPNOTSUPP;
    CHECK(node.change({.action = Action::reserve, .key = own}) == -EOPNOTSUPP);
    node.kernel.result = 0x83;
    CHECK(node.change({.action = Action::reserve, .key = own}) == 0x83);
    CHECK(KernelNvme().change("/dev/no-such-device", {.action = Action::reserve, .key = own}) == -ENOENT);
    CHECK(KernelNvme().report("/dev/no-such-device", 64).result == -ENOENT);
    CHECK(KernelNvme().change("/dev/null", {.action = Action::reserve, .key = own}) == -ENOTTY);
}
