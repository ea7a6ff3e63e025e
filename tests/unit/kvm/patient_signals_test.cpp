#include "drivers/hypervisor/patient_signals.h"

#include <doctest/doctest.h>

#include <csignal>

#include "tests/unit/doubles.h"
#include "tests/unit/kvm/doubles.h"

using namespace svcmgr;

TEST_CASE("who changes something hears a signal late, and leaves it to others") {
    test::ManualClock clock;
    test::SettableSignals real;
    PatientSignals patient(clock, real);
    CHECK(patient.pending() == 0);

    real.number = SIGINT;
    CHECK(patient.pending() == 0);
    clock.sleep_until(clock.now() + std::chrono::seconds(4));
    CHECK(patient.pending() == 0);
    clock.sleep_until(clock.now() + std::chrono::seconds(1));
    CHECK(patient.pending() == SIGINT);
    CHECK(patient.take() == 0);
    CHECK(real.pending() == SIGINT);

    SUBCASE("the next signal is waited for anew") {
        real.take();
        CHECK(patient.pending() == 0);
        real.number = SIGTERM;
        CHECK(patient.pending() == 0);
    }
}
