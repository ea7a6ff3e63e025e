#pragma once

#include <string>
#include <vector>

#include "svcmgr/cluster/disk_users.h"
#include "svcmgr/journal/inventory.h"

namespace svcmgr {

/// `svcmgr.disks/1`: a list of `service`, `node`, `rid`, `id`, `kind`, `source`, `target`, `vendor`, `model`, `serial`, `size_bytes`.
std::string disks_json(const std::vector<DiskRecord>& disks);

/// `svcmgr.node_disks/1`: what `print disks` shows.
std::string node_disks_json(const std::vector<NodeDisk>& disks, const std::string& node);

/// `svcmgr.push/1`: what `push` wrote, with the keys of ServiceRecord (without the env file's text).
std::string push_json(const ServiceRecord& record);

}  // namespace svcmgr
