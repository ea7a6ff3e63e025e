#include "drivers/waiting.h"

#include <doctest/doctest.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "drivers/descriptor.h"

using namespace svcmgr;
using namespace std::chrono_literals;

TEST_CASE("waiting ends when a descriptor is ready, and says which") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Descriptor reader(ends[0]);
    const Descriptor writer(ends[1]);
    pollfd watched[] = {{-1, POLLIN, 0}, {reader.get(), POLLIN, 0}};

    const auto soon = boot_time() + 3ms;
    poll_until(watched, soon);
    CHECK(boot_time() >= soon);
    CHECK(watched[1].revents == 0);

    REQUIRE(::write(writer.get(), "x", 1) == 1);
    const auto late = boot_time() + 60s;
    poll_until(watched, late);
    CHECK(boot_time() < late);
    CHECK(watched[0].revents == 0);
    CHECK(watched[1].revents == POLLIN);
}

TEST_CASE("what is ready is seen also when the moment is past") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Descriptor reader(ends[0]);
    const Descriptor writer(ends[1]);
    REQUIRE(::write(writer.get(), "x", 1) == 1);
    pollfd watched{reader.get(), POLLIN, 0};
    poll_until({&watched, 1}, boot_time() - 1h);
    CHECK(watched.revents == POLLIN);
}

TEST_CASE("a signal that nobody waits for does not shorten a wait") {
    struct sigaction nothing {};
    struct sigaction before {};
    nothing.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &nothing, &before);
    std::atomic<bool> done{false};
    std::thread disturber([&done, waiting = ::pthread_self()] {
        while (!done) {
            ::pthread_kill(waiting, SIGUSR1);
            std::this_thread::yield();
        }
    });
    const auto until = boot_time() + 20ms;
    poll_until({}, until);
    const auto returned = boot_time();
    done = true;
    disturber.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    CHECK(returned >= until);
}

TEST_CASE("a descriptor is closed once, by its last owner") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Descriptor reader(ends[0]);
    {
        Descriptor first(ends[1]);
        Descriptor second(std::move(first));
        CHECK_FALSE(first);
        Descriptor third;
        third = std::move(second);
        CHECK(third.get() == ends[1]);
        CHECK(::write(third.get(), "x", 1) == 1);
    }
    char byte = 0;
    CHECK(::read(reader.get(), &byte, 1) == 1);
    CHECK(::read(reader.get(), &byte, 1) == 0);
}
