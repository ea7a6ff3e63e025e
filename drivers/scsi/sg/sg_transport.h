#pragma once

#include "drivers/scsi/transport.h"

namespace svcmgr {

/// SCSI commands by the kernel's SG_IO, through libsgutils2.
class SgTransport : public ScsiTransport {
public:
    ScsiReply send(const Path& device, const ScsiCommand& command, Deadline deadline) override;
};

}  // namespace svcmgr
