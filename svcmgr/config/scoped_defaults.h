#pragma once

#include "svcmgr/config/document.h"
#include "svcmgr/config/values.h"

namespace svcmgr {

/// Warns where OpenSVC 1 read the document differently on a node of the service: it searched a section and DEFAULT together, scope by scope
/// (contract.md 2.1, 2.2), so that `keyword@node` of DEFAULT won over the section's own `keyword`. Each finding names both lines and the
/// nodes. Values that are the same make none; of very many nodes only the first are looked at.
void report_scoped_defaults(const Document& document, Values& values);

}  // namespace svcmgr
