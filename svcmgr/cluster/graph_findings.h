#pragma once

#include <vector>

#include "svcmgr/config/document.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/service/service.h"
#include "svcmgr/service/subsets.h"

namespace svcmgr {

/// What is wrong with sections that a keyword alone does not show, and no resource has to be made for: subsets of no group, and what the
/// technologies of its containers can't do as it is written. The places are in `document`.
Findings section_findings(const Document& document, const std::vector<Options>& sections, const Subsets& subsets);

/// Whether a file says anything that graph_findings could find fault with. What svcmgr itself makes a resource require is there, and comes
/// before it: of most files there is nothing to check.
bool says_order(const Document& document, const std::vector<Options>& sections);

/// What is wrong with how a service's resources depend on each other: requirements that can't be read or name nothing, and circles.
Findings graph_findings(const Document& document, const Service& service);

}  // namespace svcmgr
