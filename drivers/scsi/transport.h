#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "drivers/files/files.h"

namespace svcmgr {

using ScsiBytes = std::vector<std::uint8_t>;

struct ScsiCommand {
    ScsiBytes cdb;
    ScsiBytes out;              ///< sent to the disk
    std::size_t in_length = 0;  ///< how much is read from it at most
};

struct ScsiReply {
    enum class Value {
        completed,  ///< `status` is the disk's
        failed,     ///< it did not reach the disk, or the answer did not come back
        timed_out,
    } value = Value::failed;
    std::uint8_t status = 0;  ///< SAM-5, 5.3.1
    ScsiBytes sense;          ///< with CHECK CONDITION
    ScsiBytes in;             ///< what was read; may be shorter than asked for
    std::string reason;       ///< of what did not complete
};

inline constexpr std::uint8_t scsi_good = 0x00, scsi_check_condition = 0x02, scsi_busy = 0x08, scsi_reservation_conflict = 0x18,
                              scsi_task_set_full = 0x28;

/// Sends a command to a device and brings back what it said: SG_IO, iSCSI from user space, or a simulated disk. Never throws; usable from
/// several threads at once.
class ScsiTransport {
public:
    virtual ~ScsiTransport() = default;
    virtual ScsiReply send(const Path& device, const ScsiCommand& command, Deadline deadline) = 0;
};

}  // namespace svcmgr
