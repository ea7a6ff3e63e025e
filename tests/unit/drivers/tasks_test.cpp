#include "drivers/tasks.h"

#include <doctest/doctest.h>

#include <atomic>

#include "drivers/error.h"
#include "drivers/real_tasks.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

/// Runs a task at once, and no more than `most` of them.
struct PoorTasks : Tasks {
    int most = 0;
    int groups = 0;

    struct Group : TaskGroup {
        PoorTasks& owner;
        explicit Group(PoorTasks& tasks) : owner(tasks) {}
        Id spawn(std::function<void()> work) override {
            if (owner.most-- <= 0) throw Error(Error::Code::failed, "no more threads can be started");
            work();
            return 1;
        }
        std::optional<Id> wait_any(Deadline) override { return std::nullopt; }
    };

    explicit PoorTasks(int limit) : most(limit) {}
    std::unique_ptr<TaskGroup> group() override {
        ++groups;
        return std::make_unique<Group>(*this);
    }
};

std::vector<std::function<void()>> count_each(std::vector<int>& counts) {
    std::vector<std::function<void()>> work;
    for (auto& count : counts) work.emplace_back([&count] { ++count; });
    return work;
}

}  // namespace

TEST_CASE("what runs together is at work at the same time, and over when the call returns") {
    RealTime time;
    RealTasks tasks(time.signals);
    std::atomic<int> at_work{0};
    std::atomic<int> met{0};
    std::atomic<int> finished{0};
    std::vector<std::function<void()>> work(4, [&] {
        ++at_work;
        if (eventually([&] { return at_work == 4; })) ++met;
        ++finished;
    });
    run_together(tasks, work);
    CHECK(met == 4);
    CHECK(finished == 4);
}

TEST_CASE("a signal does not make us leave looks behind that use our variables") {
    RealTime time;
    RealTasks tasks(time.signals);
    receive(time.signals, SIGINT);
    std::vector<int> counts(20);
    run_together(tasks, count_each(counts));
    CHECK(counts == std::vector<int>(20, 1));
}

TEST_CASE("a single look needs no thread, and none is no problem") {
    PoorTasks tasks(0);
    std::vector<int> counts(1);
    run_together(tasks, count_each(counts));
    CHECK(counts == std::vector<int>{1});
    run_together(tasks, {});
    CHECK(tasks.groups == 0);
}

TEST_CASE("every look is done once when there are too few threads") {
    PoorTasks tasks(2);
    std::vector<int> counts(6);
    run_together(tasks, count_each(counts));
    CHECK(counts == std::vector<int>(6, 1));
}

TEST_CASE("of more work than may go on at once, what waits gets more threads, and no more than those") {
    RealTime time;
    RealTasks tasks(time.signals);
    constexpr int at_once = 32;
    std::atomic<int> at_work{0};
    std::atomic<int> most{0};
    std::atomic<int> met{0};
    std::vector<std::function<void()>> work(100, [&] {
        const int now = ++at_work;
        for (int before = most; before < now && !most.compare_exchange_weak(before, now);) continue;
        if (eventually([&] { return most == at_once; })) ++met;
        --at_work;
    });
    run_together(tasks, time.clock, work, at_once);
    CHECK(met == 100);
    CHECK(most == at_once);

    PoorTasks poor(2);
    std::vector<int> counts(100);
    run_together(poor, time.clock, count_each(counts), at_once);
    CHECK(counts == std::vector<int>(100, 1));
}
