#include "drivers/hypervisor/bounded.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <future>

#include "tests/unit/kvm/doubles.h"

namespace svcmgr {

namespace {

/// Hangs until the test lets it go, as a library does whose daemon does not answer.
struct Hanging {
    std::promise<void> let_go;
    std::promise<bool> woke_up;  ///< whether it was told that nobody waits

    static std::pair<std::shared_ptr<Hanging>, std::function<int(std::stop_token)>> make() {
        auto hanging = std::make_shared<Hanging>();
        return {hanging, [hanging](const std::stop_token& given_up) {
                    hanging->let_go.get_future().wait();
                    hanging->woke_up.set_value(given_up.stop_requested());
                    return 42;
                }};
    }
};

bool wakes_up_told(Hanging& hanging) {
    auto woke_up = hanging.woke_up.get_future();
    hanging.let_go.set_value();
    REQUIRE(woke_up.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    return woke_up.get();
}

}  // namespace

TEST_CASE("a bounded function's result is handed over") {
    test::TestWorld world;
    CHECK(run_bounded(world.clock, world.signals, world.patient(), [](const std::stop_token&) { return 42; }) == 42);
}

TEST_CASE("a bounded function's error is thrown where it is waited for") {
    test::TestWorld world;
    const auto failing = [](const std::stop_token&) -> int { throw Error(Error::Code::failed, "disk on fire"); };
    CHECK_THROWS_WITH_AS(run_bounded(world.clock, world.signals, world.patient(), failing), "disk on fire", Error);
}

TEST_CASE("a function that hangs is given up at the deadline, and is told so when it wakes up") {
    test::TestWorld world;
    auto [hanging, function] = Hanging::make();
    CHECK_FALSE(run_bounded(world.clock, world.signals, world.soon(), function).has_value());
    CHECK(wakes_up_told(*hanging));
}

TEST_CASE("a function that hangs may be waited for again") {
    test::TestWorld world;
    auto [hanging, function] = Hanging::make();
    Bounded<int> bounded(function);
    CHECK_FALSE(bounded.wait(world.clock, world.signals, world.soon()).has_value());
    CHECK_FALSE(wakes_up_told(*hanging));
    CHECK(bounded.wait(world.clock, world.signals, world.patient()) == 42);
}

TEST_CASE("a pending signal ends the wait for a function that hangs") {
    test::TestWorld world;
    auto [hanging, function] = Hanging::make();
    Bounded<int> bounded(function);
    auto waiting = std::async(std::launch::async, [&] { return bounded.wait(world.clock, world.signals, world.patient()); });
    CHECK(waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    world.signals.number = SIGTERM;
    REQUIRE(waiting.wait_for(std::chrono::seconds(30)) == std::future_status::ready);
    CHECK_FALSE(waiting.get().has_value());
    hanging->let_go.set_value();
}

TEST_CASE("a result that is there is handed over although the deadline passed") {
    test::TestWorld world;
    std::promise<void> returned;
    Bounded<int> bounded([](const std::stop_token&) { return 42; });
    std::optional<int> result;
    for (const auto until = world.patient(); !result && !until.passed(world.clock);)
        result = bounded.wait(world.clock, world.signals, Deadline(world.clock.now()));
    CHECK(result == 42);
}

TEST_CASE("a write into a closed socket in a bounded function is an error and not the end of the program") {
    test::TestWorld world;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    const auto result = run_bounded(world.clock, world.signals, world.patient(),
                                    [end = ends[1]](const std::stop_token&) { return ::write(end, "x", 1) == -1 ? errno : 0; });
    CHECK(result == EPIPE);
    ::close(ends[1]);
}

}  // namespace svcmgr
