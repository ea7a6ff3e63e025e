#include "drivers/network/resolver.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

/// A resolver that hangs until it is let go, as one does whose name servers are gone.
class HangingLookup {
public:
    Lookup lookup() {
        return [state = state_](const std::string&) {
            std::unique_lock lock(state->mutex);
            ++state->under_way;
            state->changed.notify_all();
            state->changed.wait(lock, [&] { return state->released; });
            --state->under_way;
            return Resolution{{"10.0.0.1"}, ""};
        };
    }
    void release() {
        std::lock_guard lock(state_->mutex);
        state_->released = true;
        state_->changed.notify_all();
    }
    unsigned under_way() {
        std::lock_guard lock(state_->mutex);
        return state_->under_way;
    }
    ~HangingLookup() { release(); }

private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        bool released = false;
        unsigned under_way = 0;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

Resolution must_not_be_asked(const std::string& name) {
    FAIL("asked for " << name);
    return {};
}

}  // namespace

TEST_CASE("an address is its own resolution and needs no resolver") {
    test::RealTime time;
    Resolver resolver(time.signals, must_not_be_asked);
    auto resolve = [&](const std::string& text) { return resolver.resolve(text, test::patience(time.clock)).addresses; };
    CHECK(resolve("10.0.3.17") == std::vector<std::string>{"10.0.3.17"});
    CHECK(resolve("::1") == std::vector<std::string>{"::1"});
    CHECK(resolve("FD00:0:0::1") == std::vector<std::string>{"fd00::1"});
}

TEST_CASE("what can't be a name is not asked for") {
    test::RealTime time;
    Resolver resolver(time.signals, must_not_be_asked);
    for (const std::string& name : {std::string(), std::string("a b"), std::string("a\n"), std::string("a\0b", 3), std::string(254, 'a')}) {
        Resolution resolution = resolver.resolve(name, test::patience(time.clock));
        CHECK(resolution.addresses.empty());
        CHECK(resolution.problem == "no such name");
    }
}

TEST_CASE("the system's own files are asked") {
    test::RealTime time;
    Resolver resolver(time.signals, system_lookup);
    Resolution resolution = resolver.resolve("localhost", test::patience(time.clock));
    CHECK(resolution.problem == "");
    bool loopback = false;
    for (const auto& address : resolution.addresses) loopback = loopback || address == "127.0.0.1" || address == "::1";
    CHECK(loopback);
}

TEST_CASE("a resolver that hangs costs the deadline and no more") {
    HangingLookup hanging;
    test::RealTime time;
    Resolver resolver(time.signals, hanging.lookup());
    Resolution resolution = resolver.resolve("vm188", Deadline::in(time.clock, 50ms));
    CHECK(resolution.addresses.empty());
    CHECK(resolution.problem.starts_with("the resolver gave no answer within "));

    // Those that were given up go on; their number is limited, and whoever comes then waits for a place.
    for (unsigned i = 1; i < Resolver::most_lookups; ++i) resolver.resolve("vm188", Deadline::in(time.clock, 1ms));
    REQUIRE(test::eventually([&] { return hanging.under_way() == Resolver::most_lookups; }));
    resolution = resolver.resolve("vm188", Deadline::in(time.clock, 50ms));
    CHECK(resolution.problem.starts_with("the resolver gave no answer within "));
    CHECK(hanging.under_way() == Resolver::most_lookups);
    hanging.release();
    CHECK(resolver.resolve("vm188", test::patience(time.clock)).addresses == std::vector<std::string>{"10.0.0.1"});
    CHECK(test::eventually([&] { return hanging.under_way() == 0; }));
}

TEST_CASE("a signal ends the waiting for a resolver") {
    HangingLookup hanging;
    test::RealTime time;
    Resolver resolver(time.signals, hanging.lookup());
    std::thread user([&] {
        test::eventually([&] { return hanging.under_way() == 1; });
        ::kill(::getpid(), SIGTERM);
    });
    // A deadline that nobody waits for.
    Resolution resolution = resolver.resolve("vm188", Deadline::in(time.clock, 24h));
    user.join();
    CHECK(resolution.problem == "interrupted by a signal");
}

TEST_CASE("many threads may ask at once, more than lookups may be under way") {
    test::RealTime time;
    Resolver resolver(time.signals, [](const std::string& name) { return Resolution{{"10.0.0." + name.substr(1)}, ""}; });
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 100; ++i)
        threads.emplace_back([&, i] {
            const std::string number = std::to_string(i);
            if (resolver.resolve("n" + number, test::patience(time.clock)).addresses == std::vector{"10.0.0." + number}) ++right;
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == 100);
}
