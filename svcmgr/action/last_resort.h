#pragma once

#include <string_view>

#include "resources/resource.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// The step that runs `pre_monitor_action`.
inline constexpr std::string_view last_words = "pre_monitor_action";

/// What `monitor_action` says (contract.md 2.4, 4.8), as steps of no resource: `pre_monitor_action`, whose failure is passed over, then
/// "reboot node", "crash node" or "freeze". A guard refuses when there is nothing to do (none), or nothing that this version does.
Plan last_resort_plan(const Service& service);

/// Runs `pre_monitor_action`. Throws Error.
void say_last_words(const Service& service, Doing& doing);

}  // namespace svcmgr
