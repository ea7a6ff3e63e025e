#include "svcmgr/action/plan.h"

#include <algorithm>

namespace svcmgr {

std::string taken_risk(std::string risk, const std::string& reason) {
    if (!reason.empty()) risk += "; taken for this reason: " + reason;
    return risk;
}

const Step* Plan::refused() const {
    const auto step = std::ranges::find_if(steps, [](const Step& candidate) { return candidate.refusal.has_value(); });
    return step == steps.end() ? nullptr : &*step;
}

bool Plan::changes_something() const {
    return std::ranges::any_of(steps, [](const Step& step) { return !step.guard(); });
}

}  // namespace svcmgr
