#pragma once

#include <optional>
#include <string>
#include <vector>

#include "svcmgr/report/json.h"
#include "svcmgr/report/style.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

struct ServiceDrill;

/// One service as it was just looked at. What it refers to outlives it.
struct ServiceView {
    const Service& service;
    const Observation& observation;
    Summary summary;
    const ServiceDrill* drill = nullptr;  ///< what its last drill found, with --drill; without nodes when there was none
};

/// The tree of `print status`, in OpenSVC 1.8's layout (contract.md 3.5), without the blanks that it has at the ends of lines. The flag E
/// says that a resource lives inside a container. An action that runs or was interrupted, who froze the service, and a journal that can't
/// tell are lines under "overall". Only resources that were looked at are in it. `observed` is now: the age of a drill counts from it.
std::string status_tree(const ServiceView& view, const Style& style, WallTime observed);

/// `svcmgr.status/1` (design.md 11, share/schema/status-1.json) for one or several services of `node`. `observed` is now: ages count from
/// it.
std::string status_json(const std::vector<ServiceView>& views, const std::string& node, WallTime observed);

/// The member `interrupted` of that: `sid`, `action`, `step`, `since`, or null.
void write_interrupted(JsonWriter& json, const std::optional<Interrupted>& interrupted);

}  // namespace svcmgr
