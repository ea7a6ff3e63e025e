#include "drivers/real_clock.h"

#include <doctest/doctest.h>
#include <time.h>

#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

TEST_CASE("the clock is the one that goes on while the machine sleeps") {
    RealTime time;
    timespec before{};
    timespec after{};
    ::clock_gettime(CLOCK_BOOTTIME, &before);
    const auto now = time.clock.now().time_since_epoch();
    ::clock_gettime(CLOCK_BOOTTIME, &after);
    CHECK(now >= std::chrono::seconds(before.tv_sec) + std::chrono::nanoseconds(before.tv_nsec));
    CHECK(now <= std::chrono::seconds(after.tv_sec) + std::chrono::nanoseconds(after.tv_nsec));
    const auto wall = time.clock.wall();
    CHECK(wall <= std::chrono::system_clock::now());
    CHECK(wall > std::chrono::system_clock::now() - 1min);
}

TEST_CASE("a sleep lasts until its moment, and not at all when that is past") {
    RealTime time;
    const auto until = time.clock.now() + 5ms;
    time.clock.sleep_until(until);
    CHECK(time.clock.now() >= until);
    time.clock.sleep_until(until - 1h);
}

TEST_CASE("a signal before a sleep ends it at once, until the signal is taken") {
    RealTime time;
    receive(time.signals, SIGTERM);
    const auto until = patience(time.clock);
    time.clock.sleep_until(until.at());
    CHECK_FALSE(until.passed(time.clock));
    CHECK(time.signals.take() == SIGTERM);

    const auto soon = time.clock.now() + 2ms;
    time.clock.sleep_until(soon);
    CHECK(time.clock.now() >= soon);
}

TEST_CASE("a signal at any moment of a sleep wakes it: none is lost") {
    RealTime time;
    const auto until = patience(time.clock);
    for (int round = 0; round < 300; ++round) {
        std::thread sender([] { ::kill(::getpid(), SIGINT); });
        time.clock.sleep_until(until.at());
        sender.join();
        CHECK(eventually([&] { return time.signals.take() == SIGINT; }));
    }
    CHECK_FALSE(until.passed(time.clock));
}
