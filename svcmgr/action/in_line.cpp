#include "svcmgr/action/in_line.h"

#include <utility>

namespace svcmgr {

Plan in_line(std::string service, std::string action, std::vector<Step> steps) {
    Plan plan{.service = std::move(service), .action = std::move(action), .steps = std::move(steps)};
    int id = 0;
    for (Step& step : plan.steps) {
        step.id = ++id;
        if (id > 1) step.after = {id - 1};
    }
    return plan;
}

}  // namespace svcmgr
