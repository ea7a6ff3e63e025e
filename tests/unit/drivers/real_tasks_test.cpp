#include "drivers/real_tasks.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <atomic>
#include <future>
#include <set>

#include "drivers/error.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    RealTime time;
    RealTasks tasks{time.signals};
};

/// Holds tasks until it is opened.
struct Gate {
    std::promise<void> promise;
    std::shared_future<void> opened = promise.get_future().share();

    void open() { promise.set_value(); }
    std::function<void()> task() const {
        return [opened = opened] { opened.wait(); };
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "tasks are reported one by one, as they end") {
    Gate first_gate;
    Gate second_gate;
    const auto group = tasks.group();
    const auto first = group->spawn(first_gate.task());
    const auto second = group->spawn(second_gate.task());
    CHECK(first != second);
    second_gate.open();
    CHECK(group->wait_any(patience(time.clock)) == second);
    first_gate.open();
    CHECK(group->wait_any(patience(time.clock)) == first);
    CHECK_FALSE(group->wait_any(patience(time.clock)));
}

TEST_CASE_FIXTURE(Fixture, "each of many tasks is reported exactly once") {
    const auto group = tasks.group();
    std::set<TaskGroup::Id> spawned;
    std::set<TaskGroup::Id> reported;
    for (int i = 0; i < 100; ++i) spawned.insert(group->spawn([] {}));
    while (const auto id = group->wait_any(patience(time.clock))) CHECK(reported.insert(*id).second);
    CHECK(reported == spawned);
}

TEST_CASE_FIXTURE(Fixture, "waiting ends at the deadline while a task goes on") {
    Gate gate;
    const auto group = tasks.group();
    const auto id = group->spawn(gate.task());
    CHECK_FALSE(group->wait_any(Deadline::in(time.clock, 1ms)));
    CHECK_FALSE(group->wait_any(Deadline::in(time.clock, -1h)));
    gate.open();
    CHECK(group->wait_any(patience(time.clock)) == id);
}

TEST_CASE_FIXTURE(Fixture, "what has ended is reported also after the deadline and after a signal") {
    const auto group = tasks.group();
    std::atomic<bool> ended{false};
    const auto first = group->spawn([] {});
    CHECK(eventually([&] { return group->wait_any(Deadline::in(time.clock, -1h)) == first; }));
    receive(time.signals, SIGTERM);
    const auto second = group->spawn([&] { ended = true; });
    CHECK(eventually([&] { return group->wait_any(patience(time.clock)) == second; }));
    CHECK(ended);
}

TEST_CASE_FIXTURE(Fixture, "a signal ends the waiting, whenever it comes, and not the task") {
    Gate gate;
    const auto group = tasks.group();
    const auto id = group->spawn(gate.task());
    const auto deadline = patience(time.clock);
    for (int round = 0; round < 100; ++round) {
        std::thread sender([] { ::kill(::getpid(), SIGINT); });
        CHECK_FALSE(group->wait_any(deadline));
        sender.join();
        CHECK(eventually([&] { return time.signals.take() == SIGINT; }));
    }
    CHECK_FALSE(deadline.passed(time.clock));
    gate.open();
    CHECK(group->wait_any(deadline) == id);
}

TEST_CASE_FIXTURE(Fixture, "a group does not go before its tasks, nor before those that they add") {
    std::atomic<int> added{0};
    std::atomic<int> finished{0};
    std::atomic<bool> group_gone{false};
    Gate gate;
    std::thread opener([&] {
        eventually([&] { return added == 10; });
        // A group that does not wait is gone long before this is over.
        for (int i = 0; i < 10000 && !group_gone; ++i) std::this_thread::yield();
        gate.open();
    });
    std::atomic<bool> too_late{false};
    {
        const auto group = tasks.group();
        for (int i = 0; i < 10; ++i)
            group->spawn([&, spawn_more = group.get()] {
                spawn_more->spawn([&, wait = gate.task()] {
                    wait();
                    if (group_gone) too_late = true;
                    ++finished;
                });
                ++added;
            });
    }
    group_gone = true;
    opener.join();
    CHECK(eventually([&] { return finished == 10; }));
    CHECK_FALSE(too_late);
}

TEST_CASE_FIXTURE(Fixture, "groups do not see each other's tasks") {
    Gate gate;
    const auto waiting = tasks.group();
    const auto other = tasks.group();
    waiting->spawn(gate.task());
    const auto id = other->spawn([] {});
    CHECK_FALSE(waiting->wait_any(Deadline::in(time.clock, 1ms)));
    CHECK(other->wait_any(patience(time.clock)) == id);
    gate.open();
}

TEST_CASE_FIXTURE(Fixture, "without descriptors there is an error and no crash") {
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{0, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    CHECK_THROWS_AS(tasks.group(), Error);
    ::setrlimit(RLIMIT_NOFILE, &before);
}
