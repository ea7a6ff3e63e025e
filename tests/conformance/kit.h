#pragma once

#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// Runs the body of a case on the stand that `main` chose, and restores the stand afterwards. A case that the stand can't do is
/// remembered as such, with the reason.
void on_stand(const std::function<void(Stand&)>& body);

/// Longer than anything here takes on a slow machine; who waits for it has failed.
Deadline patience(Stand& stand);

/// Whether it became true before our patience ended.
bool eventually(Stand& stand, const std::function<bool()>& condition);

GuestState look(Stand& stand, const Guest& guest);
bool is(Stand& stand, const Guest& guest, GuestState::Value value);
/// Starts it and requires that it runs.
void start(Stand& stand, const Guest& guest);

/// What main and the reporter know besides.
struct Run {
    Stand* stand = nullptr;
    std::string test_case;  ///< that runs now
    /// What became of it, when it was neither run nor failed: why it makes no sense for the technology, or can't be tried here.
    std::string not_applicable;
    std::string skipped;
    std::string failure;    ///< where and what its first failure was; empty when there was none
    std::ofstream results;  ///< a line for each case
};
Run& this_run();

}  // namespace svcmgr::conformance
