#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resources/resource.h"
#include "svcmgr/cluster/drill.h"
#include "svcmgr/cluster/drill_document.h"
#include "svcmgr/report/json.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

/// `svcmgr drill`: services by nodes, then why a node could not start one. `nodes` are the columns.
std::string drill_text(const DrillDocument& document, const std::vector<std::string>& nodes, const Style& style);

/// How long ago it was; never negative, whatever somebody does with the clock.
Duration age_of(const ServiceDrill& drill, WallTime now);

/// A node's cell: "yes", "runs", "no", "?".
std::string_view cell_of(const NodeDrill& drill);
Ink ink_of(NodeDrill::Answer answer);

/// All that was not fine, one sentence each: an error keeps a start away, a warning is what nobody could tell, an info is worth knowing.
std::vector<LogLine> remarks_of(const NodeDrill& drill);

/// An object: `drilled`, `age_seconds` and `nodes`, each with its `answer`; null without nodes.
void write_drill(JsonWriter& json, const ServiceDrill& drill, WallTime now);

}  // namespace svcmgr
