#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "drivers/scsi/transport.h"

struct iscsi_context;

namespace svcmgr::test {

/// SCSI commands over iSCSI from user space (libiscsi): a device is "iscsi://HOST/TARGET/LUN#PATH", and each PATH of an initiator is a
/// session, and so a nexus, of its own.
class IscsiTransport : public ScsiTransport {
public:
    explicit IscsiTransport(std::string initiator);
    ~IscsiTransport() override;

    ScsiReply send(const Path& device, const ScsiCommand& command, Deadline deadline) override;

private:
    struct Session;
    Session& session(const Path& device);

    std::string initiator_;
    std::mutex mutex_;
    std::map<Path, std::unique_ptr<Session>> sessions_;
};

}  // namespace svcmgr::test
