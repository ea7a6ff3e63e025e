#pragma once

#include <optional>
#include <string>
#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

/// What `recover` says of a service before anything is chosen.
struct Choices {
    std::string service;
    std::optional<ActionHistory> interrupted;  ///< nothing: there is nothing to recover, and no plans
    std::vector<Interrupted> older;            ///< that wait behind it
    Plan redo;
    Plan undo;
};

std::string choices_text(const Choices& choices, const Style& style);

/// `svcmgr.recover/1`
std::string choices_json(const Choices& choices);

}  // namespace svcmgr
