#pragma once

#include <string>
#include <vector>

#include "drivers/error.h"
#include "drivers/world.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/journal/inventory.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// The disks of a service's guests, looked at now.
struct DisksSeen {
    std::vector<DiskRecord> disks;
    std::vector<Error> problems;     ///< one for each container of whose disks nothing is known
    std::vector<std::string> notes;  ///< where what is known may not be all: the hypervisor did not answer, its stored definition did
};

/// Asks the hypervisor of each container that is selected, or whose vmdg is, and this node's sysfs for what stands behind a block device
/// (contract.md 7.1, 8.2). Never throws.
DisksSeen look_at_disks(World world, const Node& node, const Service& service, const Selection& selection);

/// Keeps, of the guests that run here, which disks the names of their definitions stand for, where their technology needs that
/// (Hypervisor::save_devices). Throws Error.
void save_devices(World world, const Service& service);

}  // namespace svcmgr
