#include "drivers/thread_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <set>

using namespace svcmgr;

namespace {

/// In which thread each of `count` pieces of work ran that were begun one after the other.
std::set<std::thread::id> threads_of(ThreadPool& pool, int count) {
    std::set<std::thread::id> threads;
    for (int i = 0; i < count; ++i) {
        std::promise<std::thread::id> ran;
        pool.begin([&ran] { ran.set_value(std::this_thread::get_id()); });
        threads.insert(ran.get_future().get());
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // until the thread is idle again
    }
    return threads;
}

}  // namespace

TEST_CASE("a thread is kept for what comes next") {
    ThreadPool pool;
    CHECK(threads_of(pool, 20).size() < 10);
}

TEST_CASE("each piece of work has a thread at once, however many others wait") {
    ThreadPool pool;
    std::promise<void> gate;
    const std::shared_future<void> opened = gate.get_future().share();
    for (int i = 0; i < 20; ++i) pool.begin([opened] { opened.wait(); });
    pool.begin([&gate] { gate.set_value(); });
    CHECK(opened.wait_for(std::chrono::seconds(30)) == std::future_status::ready);
}

TEST_CASE("what goes on when it ends is waited for, with what it begins") {
    std::atomic<int> ran = 0;
    {
        ThreadPool pool;
        for (int i = 0; i < 50; ++i)
            pool.begin([&] {
                ++ran;
                pool.begin([&] { ++ran; });
            });
    }
    CHECK(ran == 100);
}

TEST_CASE("what is begun apart runs in threads that nobody else gets, and so does what it begins") {
    ThreadPool pool;
    const auto before = threads_of(pool, 3);
    std::set<std::thread::id> own;
    {
        const ThreadPool::Apart apart;
        for (int i = 0; i < 3; ++i) {
            std::promise<std::thread::id> outer;
            std::promise<std::thread::id> inner;
            pool.begin([&] {
                pool.begin([&] { inner.set_value(std::this_thread::get_id()); });
                outer.set_value(std::this_thread::get_id());
            });
            own.insert(outer.get_future().get());
            own.insert(inner.get_future().get());
        }
    }
    CHECK(own.size() == 6);
    for (const auto& thread : before) CHECK_FALSE(own.contains(thread));
    for (const auto& thread : threads_of(pool, 10)) CHECK_FALSE(own.contains(thread));
}
