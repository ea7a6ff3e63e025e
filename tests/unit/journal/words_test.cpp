#include "svcmgr/journal/words.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace svcmgr;

TEST_CASE("every word is read back as it is written") {
    std::set<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(StepState::skipped); ++i) {
        const auto state = static_cast<StepState>(i);
        CHECK(step_state_of(to_string(state)) == state);
        words.insert(to_string(state));
    }
    CHECK(words.size() == 7);
    words.clear();
    for (int i = 0; i <= static_cast<int>(ActionState::interrupted); ++i) {
        const auto state = static_cast<ActionState>(i);
        CHECK(action_state_of(to_string(state)) == state);
        words.insert(to_string(state));
    }
    CHECK(words.size() == 7);
    for (int i = 0; i <= static_cast<int>(Error::Code::interrupted); ++i) {
        const auto code = static_cast<Error::Code>(i);
        CHECK(error_code_of(to_string(code)) == code);
    }
    for (const auto on_failure : {Step::OnFailure::give_up, Step::OnFailure::go_on, Step::OnFailure::ignore})
        CHECK(on_failure_of(to_string(on_failure)) == on_failure);
}

// If this fails, a record that a hand has edited looks better than it is.
TEST_CASE("an unknown word is taken for the worst") {
    CHECK(step_state_of("fine") == StepState::begun);
    CHECK(action_state_of("") == ActionState::left_behind);
    CHECK(error_code_of("oops") == Error::Code::failed);
    CHECK(on_failure_of("oops") == Step::OnFailure::give_up);
}

TEST_CASE("numbers of steps") {
    CHECK(join_numbers({}) == "");
    CHECK(join_numbers({1, 12, 3}) == "1 12 3");
    CHECK(split_numbers("1 12 3") == std::vector<int>{1, 12, 3});
    CHECK(split_numbers("").empty());
    CHECK(split_numbers(" x 4 99999999999999999999").front() == 4);
}

TEST_CASE("what an action was asked for is read back") {
    for (const Goal goal : {Goal::up, Goal::down, Goal::run, Goal::sync}) CHECK(goal_of(to_string(goal)) == goal);
    CHECK_FALSE(goal_of("").has_value());
    std::set<Group> all;
    for (int i = 0; i <= static_cast<int>(Group::task); ++i) all.insert(static_cast<Group>(i));
    CHECK(split_groups(join_groups(all)) == all);
    CHECK(split_groups("ip\nnonsense\n") == std::set{Group::ip});
    CHECK(split_groups(join_groups({})).empty());
    const std::set<Rid> rids{Rid("ip#1"), Rid("fs#with a blank"), Rid("vmdg")};
    CHECK(split_rids(join_rids(rids)) == rids);
}
