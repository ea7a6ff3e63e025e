#pragma once

#include <map>
#include <string>

#include "drivers/files/files.h"
#include "svcmgr/cluster/drill_document.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// What the last drills found (Paths::kept_drill), each service with its own time.
struct KeptDrill {
    std::map<std::string, ServiceDrill> services;
    std::string problem;  ///< why it can't be read; empty when it can, and when there is none

    /// Of a service that was never drilled: without nodes.
    const ServiceDrill& of(const std::string& service) const;
};

/// Never throws.
KeptDrill recall_drill(const Files& files, const Paths& paths);

enum class OtherServices { kept, forgotten };
/// Replaces what is kept of the document's services, and keeps the others' or forgets them: as a whole or not at all. Throws Error
/// `failed` when there is no room for it; what was kept stays then.
void keep_drill(Files& files, const Paths& paths, const DrillDocument& document, OtherServices others);

}  // namespace svcmgr
