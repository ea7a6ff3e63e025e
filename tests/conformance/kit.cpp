#include "tests/conformance/kit.h"

#include <doctest/doctest.h>

#include "drivers/clock.h"

namespace svcmgr::conformance {

// doctest calls its cases without arguments: what they work on has to be found from nowhere.
Run& this_run() {
    static Run run;
    return run;
}

void on_stand(const std::function<void(Stand&)>& body) {
    Run& run = this_run();
    Stand& stand = *run.stand;
    run.not_applicable = stand.lacks(run.test_case);
    if (!run.not_applicable.empty()) return;
    try {
        stand.begin(run.test_case);
        body(stand);
        for (const auto& complaint : stand.complaints()) FAIL_CHECK(complaint);
    } catch (const Skipped& skipped) {
        run.skipped = skipped.reason;
    } catch (const NotApplicable& reason) {
        run.not_applicable = reason.reason;
    } catch (...) {
        for (const auto& complaint : stand.complaints()) MESSAGE(complaint);
        stand.restore();
        throw;
    }
    stand.restore();
}

Deadline patience(Stand& stand) {
    return Deadline::in(stand.world().clock, std::chrono::seconds(90));
}

bool eventually(Stand& stand, const std::function<bool()>& condition) {
    auto& clock = stand.world().clock;
    const auto deadline = patience(stand);
    while (!condition()) {
        if (deadline.passed(clock)) return false;
        // Guests without hardware virtualisation need the processor that a busy loop would take.
        clock.sleep_until(clock.now() + std::chrono::milliseconds(20));
    }
    return true;
}

GuestState look(Stand& stand, const Guest& guest) {
    const auto states = stand.driver().look({&guest, 1}, patience(stand));
    REQUIRE(states.size() == 1);
    return states.front();
}

bool is(Stand& stand, const Guest& guest, GuestState::Value value) {
    return look(stand, guest).value == value;
}

void start(Stand& stand, const Guest& guest) {
    stand.driver().start(guest, patience(stand));
    REQUIRE(is(stand, guest, GuestState::Value::running));
}

}  // namespace svcmgr::conformance
