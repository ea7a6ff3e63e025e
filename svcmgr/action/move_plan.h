#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/action/plan.h"
#include "svcmgr/journal/journal.h"

namespace svcmgr {

// The steps of a move that are no resource's: verbs that name a node.
inline constexpr std::string_view leave_verb = "leave ";
inline constexpr std::string_view come_back_verb = "start here again";
inline constexpr std::string_view start_there_verb = "start on ";
inline constexpr std::string_view stop_there_verb = "stop on ";

/// What the target has to be asked before anything is stopped here.
struct MoveCheck {
    std::string verb;    ///< "check node2"
    std::string reason;  ///< what is looked at
    std::optional<Error> refusal;
    std::string risk;  ///< what --force has passed
};

/// The plan of a move: that of a stop here, after the checks, and the start there at its end. When anything fails on the way, or somebody
/// asks for it after a kill, what was begun on the target is stopped there, and the service is started here again. What a stop would
/// complain about and go on is passed over: the service moves all the same. A pure function.
Plan move_plan(Plan stop, const std::string& nodename, const std::string& target, const std::vector<MoveCheck>& checks,
               Duration start_deadline);

/// Where an action that moved a service moved it to; empty for one that did not.
std::string target_of(const ActionHistory& action);

}  // namespace svcmgr
