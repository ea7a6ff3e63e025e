#include "drivers/thread_pool.h"

#include <utility>

namespace svcmgr {

namespace {

thread_local int apart = 0;

}  // namespace

ThreadPool::Apart::Apart() {
    ++apart;
}

ThreadPool::Apart::~Apart() {
    --apart;
}

ThreadPool::~ThreadPool() {
    {
        // Work may begin more work until it ends.
        std::unique_lock lock(mutex_);
        all_ended_.wait(lock, [this] { return begun_ == 0; });
        ending_ = true;
    }
    work_came_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::begin(std::function<void()> work) {
    if (apart > 0) return begin_apart(std::move(work));
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
    if (waiting_.size() > idle_) {
        try {
            threads_.emplace_back([this] { serve(); });
        } catch (...) {
            waiting_.pop_back();
            throw;
        }
        // Until it serves it counts as idle: what it was made for waits for it.
        ++idle_;
    }
    ++begun_;
    work_came_.notify_one();
}

void ThreadPool::begin_apart(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, work = std::move(work)] {
        const Apart as_who_began_it;
        work();
        const std::lock_guard ending(mutex_);
        ended();
    });
    ++begun_;
}

void ThreadPool::serve() {
    std::unique_lock lock(mutex_);
    while (true) {
        work_came_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const std::function<void()> work = std::move(waiting_.front());
        waiting_.pop_front();
        --idle_;
        lock.unlock();
        work();
        lock.lock();
        ++idle_;
        ended();
    }
}

void ThreadPool::ended() {
    if (--begun_ == 0) all_ended_.notify_all();
}

}  // namespace svcmgr
