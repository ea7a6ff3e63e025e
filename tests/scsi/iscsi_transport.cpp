#include "tests/scsi/iscsi_transport.h"

extern "C" {
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
}

#include <algorithm>

#include "drivers/waiting.h"

namespace svcmgr::test {

struct IscsiTransport::Session {
    std::mutex mutex;
    iscsi_context* context = nullptr;
    int lun = 0;
    std::string problem;

    ~Session() {
        if (context == nullptr) return;
        iscsi_disconnect(context);
        iscsi_destroy_context(context);
    }
};

IscsiTransport::IscsiTransport(std::string initiator) : initiator_(std::move(initiator)) {}
IscsiTransport::~IscsiTransport() = default;

IscsiTransport::Session& IscsiTransport::session(const Path& device) {
    const std::lock_guard lock(mutex_);
    auto& session = sessions_[device];
    if (session) return *session;
    session = std::make_unique<Session>();
    session->context = iscsi_create_context(initiator_.c_str());
    iscsi_url* url = iscsi_parse_full_url(session->context, device.substr(0, device.find('#')).c_str());
    if (url == nullptr) {
        session->problem = iscsi_get_error(session->context);
        return *session;
    }
    iscsi_set_targetname(session->context, url->target);
    iscsi_set_session_type(session->context, ISCSI_SESSION_NORMAL);
    session->lun = url->lun;
    if (iscsi_full_connect_sync(session->context, url->portal, url->lun) != 0) session->problem = iscsi_get_error(session->context);
    iscsi_destroy_url(url);
    return *session;
}

ScsiReply IscsiTransport::send(const Path& device, const ScsiCommand& command, Deadline deadline) {
    Session& one = session(device);
    const std::lock_guard lock(one.mutex);
    ScsiReply reply;
    reply.reason = one.problem;
    if (!one.problem.empty()) return reply;
    const Duration left = deadline.at() - boot_time();
    iscsi_set_timeout(one.context, std::max(1, static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count())));
    ScsiBytes cdb = command.cdb;
    ScsiBytes out = command.out;
    const int direction = !out.empty() ? SCSI_XFER_WRITE : command.in_length > 0 ? SCSI_XFER_READ : SCSI_XFER_NONE;
    scsi_task* task = scsi_create_task(static_cast<int>(cdb.size()), cdb.data(), direction,
                                       static_cast<int>(out.empty() ? command.in_length : out.size()));
    iscsi_data data{out.size(), out.data()};
    if (iscsi_scsi_command_sync(one.context, one.lun, task, out.empty() ? nullptr : &data) == nullptr) {
        reply.reason = iscsi_get_error(one.context);
        return reply;
    }
    reply.value = ScsiReply::Value::completed;
    reply.status = static_cast<std::uint8_t>(task->status);
    if (task->status == SCSI_STATUS_CHECK_CONDITION)
        reply.sense = {0x72, static_cast<std::uint8_t>(task->sense.key), static_cast<std::uint8_t>(task->sense.ascq >> 8),
                       static_cast<std::uint8_t>(task->sense.ascq)};
    else if (task->datain.data != nullptr && task->datain.size > 0)
        reply.in.assign(task->datain.data, task->datain.data + task->datain.size);
    scsi_free_scsi_task(task);
    return reply;
}

}  // namespace svcmgr::test
