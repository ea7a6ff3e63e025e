#pragma once

#include <string>

#include "svcmgr/action/plan.h"
#include "svcmgr/report/json.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

/// What an action would do: its guards, its steps with reasons and times, and what it leaves alone and why.
std::string plan_text(const Plan& plan, const Style& style);

/// `svcmgr.plan/1` (design.md 11).
std::string plan_json(const Plan& plan);
/// Its `steps` and `left_alone`, into the object that is open.
void write_plan_members(JsonWriter& json, const Plan& plan);

}  // namespace svcmgr
