#pragma once

#include <string>
#include <vector>

#include "drivers/files/files.h"
#include "drivers/scsi/reservations.h"
#include "drivers/world.h"

namespace svcmgr {

/// One way from this node to a disk; every one is registered by itself.
struct DiskPath {
    std::string name;  ///< the kernel's: "sda"
    Path device;       ///< "/dev/sda"
    std::string host;  ///< of SCSI disks: the number of the adapter, "3" of 3:0:1:172; empty when not known
};

/// A disk as reservations see it: its name in the world, and all paths to it.
struct SharedDisk {
    std::string id;      ///< BlockFacts::id; disks are taken in its order, on every node the same
    std::string vendor;  ///< what INQUIRY says
    std::vector<DiskPath> paths;
    std::string map = {};  ///< of multipath, over these paths; empty when there is none
};

/// What stands behind devices: partitions, maps and arrays resolved to disks, each once, in the order of their ids.
struct SharedDisks {
    std::vector<SharedDisk> disks;
    /// Devices that no reservation can be about: "/srv/vm188.img is a file".
    std::vector<std::string> passed_over;
    std::vector<std::string> problems;  ///< devices of which nothing is known, with the reason
};
SharedDisks shared_disks(const Files& files, const std::string& nodename, const std::vector<Path>& devices);

/// What a look at a disk found.
struct DiskState {
    ScsiResult result;              ///< whether the keys and the reservation are known; else why not
    std::vector<ScsiResult> paths;  ///< whether each path works, in the order of SharedDisk::paths
    std::vector<ReservationKey> keys;
    HeldReservation held;

    std::size_t working() const;
    std::size_t count(ReservationKey key) const;
    /// The keys that are not `own`, each once, sorted.
    std::vector<ReservationKey> others(ReservationKey own) const;
};

/// How many registrations this node has when all its working paths are registered. 3PAR arrays have one for each adapter, whatever the
/// number of ports behind it (contract.md 7.5, fixtures of sg_persist).
std::size_t expected_registrations(const SharedDisk& disk, const DiskState& state);

/// Asks every path whether it works, and the disk by the first that does. Never throws.
DiskState look_at_disk(World& world, const SharedDisk& disk, Deadline deadline);
/// All of them at once.
std::vector<DiskState> look_at_disks(World& world, const std::vector<SharedDisk>& disks, Deadline deadline);
/// Keys and reservation anew; the paths that worked are taken to work still.
void look_again(World& world, const SharedDisk& disk, DiskState& state, Deadline deadline);

/// What a disk's state means for the node whose key is `own` (faults.md C.8).
struct DiskVerdict {
    enum class Value {
        free,         ///< nobody holds it
        ours,         ///< this node holds it, and nobody else does
        foreign,      ///< others hold it: `holders`
        wrong_type,   ///< it is reserved in a way that this node never uses
        conflict,     ///< the disk refuses to say: somebody has it by RESERVE(6)
        unsupported,  ///< it knows no persistent reservations
        unknown,      ///< it did not answer in a usable way
    } value = Value::unknown;
    std::vector<ReservationKey> holders;
    std::string reason;  ///< of what is neither free, ours nor foreign
};
DiskVerdict judge(const DiskState& state, ReservationKey own);

}  // namespace svcmgr
