#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

/// What one of the two ways on would do, or why it can't be planned.
using Way = std::variant<Plan, Error>;

/// What `recover` says of a service before anything is chosen.
struct Choices {
    std::string service;
    std::optional<ActionHistory> interrupted;  ///< nothing: there is nothing to recover, and no ways
    std::vector<Interrupted> older;            ///< that wait behind it
    Way redo;
    Way undo;
};

std::string choices_text(const Choices& choices, const Style& style);

/// `svcmgr.recover/1`
std::string choices_json(const Choices& choices);

}  // namespace svcmgr
