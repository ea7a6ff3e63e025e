#pragma once

#include <string>
#include <vector>

#include "svcmgr/cluster/engine_config.h"

namespace svcmgr {

/// For `crm configure load update FILE`.
std::string engine_config_crmsh(const EngineConfig& config);
/// A script for sh; its argument is the file that `pcs cluster cib` wrote.
std::string engine_config_pcs(const EngineConfig& config);
/// A CIB with nothing but this, for `cibadmin --modify --allow-create --scope configuration`.
std::string engine_config_xml(const EngineConfig& config);

std::string engine_differences_text(const std::vector<EngineDifference>& differences);
/// `svcmgr.cluster_diff/1`
std::string engine_differences_json(const std::vector<EngineDifference>& differences, const std::vector<std::string>& remarks,
                                    const std::string& node);

}  // namespace svcmgr
