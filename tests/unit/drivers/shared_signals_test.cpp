#include "drivers/shared_signals.h"

#include <doctest/doctest.h>

#include <csignal>
#include <utility>

using namespace svcmgr;

namespace {

class OneSignal : public Signals {
public:
    int pending() const override { return number; }
    int take() override { return std::exchange(number, 0); }
    int number = 0;
};

}  // namespace

// If this fails, Ctrl-C stops one of several actions, and the others go on.
TEST_CASE("every action gets every signal, once") {
    OneSignal signals;
    SharedSignals shared(signals);
    SharedSignals::Share a(shared), b(shared);
    CHECK(a.take() == 0);
    signals.number = SIGINT;
    CHECK(a.pending() == SIGINT);
    CHECK(a.take() == SIGINT);
    CHECK(a.pending() == 0);
    CHECK(a.take() == 0);
    CHECK(signals.pending() == 0);
    CHECK(b.pending() == SIGINT);
    SharedSignals::Share late(shared);
    CHECK(late.pending() == 0);
    CHECK(b.take() == SIGINT);
    CHECK(b.take() == 0);
    signals.number = SIGTERM;
    CHECK(b.take() == SIGTERM);
    CHECK(a.pending() == SIGTERM);
    CHECK(late.take() == SIGTERM);
    CHECK(a.take() == SIGTERM);
}
