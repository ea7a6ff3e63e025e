#pragma once

#include <string>
#include <vector>

#include "svcmgr/report/style.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// One service as it was just looked at. What it refers to outlives it.
struct ServiceView {
    const Service& service;
    const Observation& observation;
    Summary summary;
};

/// The tree of `print status`, in OpenSVC 1.8's layout (contract.md 3.5).
std::string status_tree(const ServiceView& view, const Style& style);

/// `svcmgr.status/1` (design.md 11) for one or several services of `node`.
std::string status_json(const std::vector<ServiceView>& views, const std::string& node, WallTime observed);

}  // namespace svcmgr
