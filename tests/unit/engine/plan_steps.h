#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "svcmgr/action/plan.h"

namespace svcmgr::test {

using Names = std::vector<std::string>;

/// The names of the steps that are no guards, in the plan's order.
inline Names changes(const Plan& plan) {
    Names names;
    for (const Step& step : plan.steps)
        if (!step.guard()) names.push_back(step.name());
    return names;
}

/// Fails the test when there is none.
inline const Step& step_named(const Plan& plan, const std::string& name) {
    for (const Step& step : plan.steps)
        if (step.name() == name) return step;
    FAIL("no step " << name);
    return plan.steps.front();
}

}  // namespace svcmgr::test
