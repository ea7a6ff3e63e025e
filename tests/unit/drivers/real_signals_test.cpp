#include "drivers/real_signals.h"

#include <doctest/doctest.h>
#include <poll.h>

#include "drivers/error.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

bool readable(int descriptor) {
    pollfd watched{descriptor, POLLIN, 0};
    return ::poll(&watched, 1, 0) == 1;
}

void (*handler_of(int number))(int) {
    struct sigaction action {};
    ::sigaction(number, nullptr, &action);
    return action.sa_handler;
}

}  // namespace

TEST_CASE("each of the three signals is remembered until it is taken") {
    RealSignals signals;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        CHECK(signals.pending() == 0);
        CHECK_FALSE(readable(signals.descriptor()));
        receive(signals, number);
        CHECK(signals.pending() == number);
        CHECK(signals.pending() == number);
        CHECK(readable(signals.descriptor()));
        CHECK(signals.take() == number);
        CHECK_FALSE(readable(signals.descriptor()));
    }
    CHECK(signals.take() == 0);
}

TEST_CASE("a user who presses Ctrl-C often asks once; the first signal is the one that counts") {
    RealSignals signals;
    receive(signals, SIGTERM);
    for (int i = 0; i < 100; ++i) ::raise(SIGINT);
    CHECK(signals.take() == SIGTERM);
    CHECK(signals.pending() == 0);
    receive(signals, SIGHUP);
    CHECK(signals.take() == SIGHUP);
}

TEST_CASE("more signals than can be stored do not hang the handler") {
    RealSignals signals;
    for (int i = 0; i < 100000; ++i) ::raise(SIGINT);
    CHECK(signals.take() == SIGINT);
    CHECK(signals.pending() == 0);
}

TEST_CASE("writing to a closed pipe does not kill the program") {
    RealSignals signals;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    CHECK(::write(ends[1], "x", 1) == -1);
    ::close(ends[1]);
}

TEST_CASE("a signal that nohup made ignored stays ignored, and everything is put back at the end") {
    const auto interrupt_handler = handler_of(SIGINT);
    const auto terminate_handler = handler_of(SIGTERM);
    ::signal(SIGHUP, SIG_IGN);
    ::signal(SIGCHLD, SIG_IGN);
    {
        RealSignals signals;
        ::raise(SIGHUP);
        CHECK(signals.pending() == 0);
        CHECK((handler_of(SIGINT) != interrupt_handler));
        CHECK((handler_of(SIGPIPE) == SIG_IGN));
        CHECK((handler_of(SIGCHLD) == SIG_DFL));
    }
    CHECK((handler_of(SIGINT) == interrupt_handler));
    CHECK((handler_of(SIGTERM) == terminate_handler));
    CHECK((handler_of(SIGPIPE) == SIG_DFL));
    CHECK((handler_of(SIGHUP) == SIG_IGN));
    CHECK((handler_of(SIGCHLD) == SIG_IGN));
    ::signal(SIGHUP, SIG_DFL);
    ::signal(SIGCHLD, SIG_DFL);
}

TEST_CASE("there is one receiver of signals at a time") {
    {
        RealSignals signals;
        CHECK_THROWS_AS(RealSignals(), Error);
        receive(signals, SIGINT);
        CHECK(signals.take() == SIGINT);
    }
    CHECK_NOTHROW(RealSignals());
}
