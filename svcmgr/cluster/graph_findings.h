#pragma once

#include "svcmgr/config/document.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/service/service.h"
#include "svcmgr/service/subsets.h"

namespace svcmgr {

/// What is wrong with how a service's resources depend on each other: requirements that can't be read or name nothing, circles, subsets of
/// no group; and what the technologies of its containers can't do as it is written. The places are in `document`.
Findings graph_findings(const Document& document, const Service& service, const Subsets& subsets);

}  // namespace svcmgr
