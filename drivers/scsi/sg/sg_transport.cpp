#include "drivers/scsi/sg/sg_transport.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <scsi/sg_lib.h>
#include <scsi/sg_pt.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "drivers/scsi/lazy_transport.h"
#include "drivers/waiting.h"

namespace svcmgr {

namespace {

constexpr int quiet = 0;

struct Open {
    // For writing: PERSISTENT RESERVE OUT is not let through otherwise. Without O_NONBLOCK a disk without medium would be waited for.
    explicit Open(const Path& device) : descriptor(scsi_pt_open_flags(device.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC, quiet)) {}
    ~Open() {
        if (descriptor >= 0) scsi_pt_close_device(descriptor);
    }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

    int descriptor;
};

struct Destroy {
    void operator()(sg_pt_base* command) const { destruct_scsi_pt_obj(command); }
};

ScsiReply failed(std::string reason) {
    ScsiReply reply;
    reply.reason = std::move(reason);
    return reply;
}

std::string transport_error(const sg_pt_base* command) {
    std::array<char, 128> text{};
    get_scsi_pt_transport_err_str(command, static_cast<int>(text.size()), text.data());
    std::string reason(text.data());
    std::ranges::replace(reason, '\n', ' ');
    while (reason.ends_with(' ')) reason.pop_back();
    return "the path does not work: " + reason;
}

}  // namespace

ScsiReply SgTransport::send(const Path& device, const ScsiCommand& command, Deadline deadline) {
    const Duration left = deadline.at() - boot_time();
    if (left <= Duration::zero()) return failed("there was no time left to ask the disk");
    const int seconds_left = std::max(1, static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count()));
    const Open file(device);
    if (file.descriptor < 0) return failed(std::strerror(-file.descriptor));

    std::array<std::uint8_t, 64> sense{};
    ScsiReply reply;
    reply.in.resize(command.in_length);
    ScsiBytes out = command.out;
    const std::unique_ptr<sg_pt_base, Destroy> pass_through(construct_scsi_pt_obj_with_fd(file.descriptor, quiet));
    if (!pass_through) return failed("no memory for a SCSI command");
    set_scsi_pt_cdb(pass_through.get(), command.cdb.data(), static_cast<int>(command.cdb.size()));
    set_scsi_pt_sense(pass_through.get(), sense.data(), static_cast<int>(sense.size()));
    if (!reply.in.empty()) set_scsi_pt_data_in(pass_through.get(), reply.in.data(), static_cast<int>(reply.in.size()));
    if (!out.empty()) set_scsi_pt_data_out(pass_through.get(), out.data(), static_cast<int>(out.size()));

    const int sent = do_scsi_pt(pass_through.get(), file.descriptor, seconds_left, quiet);
    if (sent < 0) return failed(std::strerror(-sent));
    if (sent == SCSI_PT_DO_TIMEOUT) {
        reply.value = ScsiReply::Value::timed_out;
        reply.reason = fmt::format("no answer within {} s", seconds_left);
        return reply;
    }
    if (sent > 0) return failed("the command was built wrongly");
    const int category = get_scsi_pt_result_category(pass_through.get());
    if (category == SCSI_PT_RESULT_OS_ERR) return failed(std::strerror(get_scsi_pt_os_err(pass_through.get())));
    if (category == SCSI_PT_RESULT_TRANSPORT_ERR) return failed(transport_error(pass_through.get()));
    reply.value = ScsiReply::Value::completed;
    reply.status = static_cast<std::uint8_t>(get_scsi_pt_status_response(pass_through.get()));
    reply.sense.assign(sense.begin(), sense.begin() + std::clamp(get_scsi_pt_sense_len(pass_through.get()), 0, 64));
    if (!reply.in.empty()) {
        const int missing = get_scsi_pt_resid(pass_through.get());
        reply.in.resize(reply.in.size() - std::min(reply.in.size(), static_cast<std::size_t>(std::max(0, missing))));
    }
    return reply;
}

}  // namespace svcmgr

/// See MakeScsiTransport.
extern "C" __attribute__((visibility("default"))) svcmgr::ScsiTransport* svcmgr_make_scsi_transport() {
    return new svcmgr::SgTransport;
}
