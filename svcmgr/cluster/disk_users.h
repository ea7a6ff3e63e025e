#pragma once

#include <set>
#include <string>
#include <vector>

#include "svcmgr/cluster/node.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What uses a disk of this node: a guest, or a resource of the node.
struct DiskUse {
    std::string service;
    std::string rid;
    std::string guest;   ///< its name; empty for what the node itself uses
    std::string target;  ///< what the disk is inside the guest; empty for the node itself
    std::string source;  ///< the device, or the file
    bool writes = true;
};

/// "svc1 container#1 (vda of vm188)".
std::string to_string(const DiskUse& use);

/// A disk that this node sees, or that one of its services has, and who uses it.
struct NodeDisk {
    std::string id;
    std::string vendor;
    std::string model;
    std::uint64_t size = 0;            ///< bytes, 0 when not known
    std::vector<std::string> devices;  ///< the kernel's names of its paths; empty for a file and for what is not seen here
    std::vector<DiskUse> uses;

    /// The uses that get in each other's way: by different guests or services, of which at least one writes.
    bool used_twice() const;
};

struct NodeDisks {
    std::vector<NodeDisk> disks;        ///< by id
    std::vector<std::string> problems;  ///< what could not be asked
};

/// Looks at the node's sysfs and at the disks of `services`, started or not. Never throws.
NodeDisks look_at_node_disks(World world, const Node& node, const std::vector<const Service*>& services);

/// What else on this node has the disks that `users`, resources of `service`, reserve: another guest or service, whether it is up or not.
/// All of a node have its key, so that no reservation keeps them apart. Never throws.
DiskRivals rivals_for_reserved_disks(World world, const Paths& paths, const Node& node, const Service& service,
                                     const std::set<std::string>& users);

}  // namespace svcmgr
