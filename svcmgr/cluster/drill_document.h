#pragma once

#include <map>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "svcmgr/cluster/drill.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

/// `svcmgr.drill/1` (share/schema/drill-1.json): what `svcmgr drill` prints and keeps, and, with one node alone, the answer of `svcmgr peer
/// drill`. Peers of other versions read it, too: keys are added, never changed.
struct DrillDocument {
    std::string node;     ///< that asked, or answers
    std::string version;  ///< of its svcmgr
    std::map<std::string, ServiceDrill> services;
};

std::string to_json(const DrillDocument& document);
/// Of foreign bytes.
tl::expected<DrillDocument, NoReport> parse_drill(std::string_view text);

}  // namespace svcmgr
