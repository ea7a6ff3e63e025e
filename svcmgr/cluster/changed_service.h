#pragma once

#include <functional>
#include <string>

#include "drivers/hypervisor/hypervisor.h"
#include "svcmgr/cluster/loader.h"

namespace svcmgr {

/// What make_service() makes, with other guests in the place of the env file's own: what `change` makes of each.
LoadedService make_changed_service(Document document, const Paths& paths, const Node& node, const std::string& name,
                                   const std::function<Guest(Guest)>& change);

}  // namespace svcmgr
