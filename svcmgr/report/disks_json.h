#pragma once

#include <string>
#include <vector>

#include "svcmgr/journal/inventory.h"

namespace svcmgr {

/// `svcmgr.disks/1`: a list of `service`, `node`, `rid`, `id`, `kind`, `source`, `target`, `vendor`, `model`, `serial`, `size_bytes`.
std::string disks_json(const std::vector<DiskRecord>& disks);

/// `svcmgr.push/1`: what `push` wrote, with the keys of ServiceRecord (without the env file's text).
std::string push_json(const ServiceRecord& record);

}  // namespace svcmgr
