#pragma once

#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// Runs the body of a case on the stand that `main` chose, and restores the stand afterwards. A case that the stand can't do is
/// remembered as skipped.
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
    std::string skipped;    ///< the reason of the case that runs now
    std::ofstream results;  ///< a line for each case
};
Run& this_run();

}  // namespace svcmgr::conformance
