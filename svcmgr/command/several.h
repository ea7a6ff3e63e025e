#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "svcmgr/command/command.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What is done with one of several services, in a Context of its own whose output does not mix with the others'. Returns its exit code,
/// or nothing when what it needs is not there yet: it is called again in a moment, and holds nobody up meanwhile but those that wait for
/// it.
using EachService = std::function<std::optional<int>(Context&, const LoadedService&)>;

/// Acts on services side by side, as many at once as the node can bear (node.conf, `max_parallel`). On the way up a service waits for those
/// of its `parents` that are among them, on the way down for its `children`; each one's own guards look whether they got there. Returns the
/// highest exit code, after saying which service had which. A signal stops those that run, and no other one is begun. Throws Error
/// `invalid` when services wait for each other.
int act_side_by_side(Context& context, const std::vector<std::string>& services, Goal goal, const EachService& each);

}  // namespace svcmgr
