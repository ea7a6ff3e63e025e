#pragma once

#include <string_view>

#include "drivers/error.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/journal/journal.h"

namespace svcmgr {

/// The words of the database read back. A word that this version does not know (a hand has edited the file) becomes the most careful value.
StepState step_state_of(std::string_view word) noexcept;
ActionState action_state_of(std::string_view word) noexcept;
Error::Code error_code_of(std::string_view word) noexcept;

std::string_view to_string(Step::OnFailure on_failure) noexcept;
Step::OnFailure on_failure_of(std::string_view word) noexcept;

/// "up", "down" and "run"; nothing for any other word.
std::string_view to_string(Goal goal) noexcept;
std::optional<Goal> goal_of(std::string_view word) noexcept;

/// Names, one a line. A name that is no group is left out.
std::string join_groups(const std::set<Group>& groups);
std::set<Group> split_groups(std::string_view text);
/// `info` for a word that is none.
LogLine::Level level_of(std::string_view word) noexcept;
std::string join_rids(const std::set<Rid>& rids);
std::set<Rid> split_rids(std::string_view text);

/// Step numbers, separated by blanks.
std::string join_numbers(const std::vector<int>& numbers);
std::vector<int> split_numbers(std::string_view text);

}  // namespace svcmgr
