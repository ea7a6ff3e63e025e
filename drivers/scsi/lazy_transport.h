#pragma once

#include <mutex>
#include <string>

#include "drivers/clock.h"
#include "drivers/scsi/transport.h"

namespace svcmgr {

/// The one symbol of svcmgr-scsi.so, `svcmgr_make_scsi_transport`. What it returns is never destroyed: commands that hang in the kernel
/// may outlive their callers.
using MakeScsiTransport = ScsiTransport* (*)();

/// This machine's disks. Loads svcmgr-scsi.so when a command is first sent, so that what needs none does not pay for it; when it can't be
/// loaded, every command fails with the reason. A command that hangs in the kernel is given up at its deadline.
class LazyScsiTransport : public ScsiTransport {
public:
    LazyScsiTransport(Path module_directory, const Clock& clock) : directory_(std::move(module_directory)), clock_(clock) {}

    ScsiReply send(const Path& device, const ScsiCommand& command, Deadline deadline) override;

private:
    void load();

    Path directory_;
    const Clock& clock_;
    std::once_flag once_;
    ScsiTransport* transport_ = nullptr;
    std::string problem_;
};

}  // namespace svcmgr
