#pragma once

#include <map>
#include <string>

#include "drivers/scsi/scsi_reservations.h"
#include "tests/scsi/pr_disk.h"

namespace svcmgr::sim {

class Node;
class Process;
class SimWorld;

/// A disk that several nodes see.
struct DiskModel {
    std::string id;  ///< NAA, 16 or 32 digits
    PrDisk reservations;
    Duration takes = std::chrono::microseconds(200);  ///< a command
    bool present = true;                              ///< false: the target does not have it any more
    bool talks_nonsense = false;
};

/// A node's way to a disk.
struct DiskWay {
    DiskModel* disk = nullptr;
    Nexus nexus;
    bool works = true;
};

/// Gives a node a path to a disk: "/dev/NAME", and what the kernel's sysfs says of it.
void connect_disk(Node& node, DiskModel& disk, const std::string& name, std::uint16_t port);

/// SCSI commands of a process on a node.
class SimScsiTransport : public ScsiTransport {
public:
    explicit SimScsiTransport(Process& process) : process_(process) {}
    ScsiReply send(const Path& device, const ScsiCommand& command, Deadline deadline) override;

private:
    Process& process_;
};

}  // namespace svcmgr::sim
