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
/// Into the object that is open: `id`, `rid`, `verb` … of a step; the member `left_alone`; a plan's `steps` and `left_alone`.
void write_step_members(JsonWriter& json, const Step& step);
void write_left_alone(JsonWriter& json, const std::vector<LeftAlone>& left_alone);
void write_plan_members(JsonWriter& json, const Plan& plan);

}  // namespace svcmgr
