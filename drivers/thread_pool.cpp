#include "drivers/thread_pool.h"

#include <utility>

namespace svcmgr {

ThreadPool::~ThreadPool() {
    {
        // Work may begin more work until it ends.
        std::unique_lock lock(mutex_);
        all_idle_.wait(lock, [this] { return waiting_.empty() && idle_ == threads_.size(); });
        ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::begin(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
    if (waiting_.size() <= idle_) {
        changed_.notify_one();
        return;
    }
    try {
        threads_.emplace_back([this] { serve(); });
    } catch (...) {
        waiting_.pop_back();
        throw;
    }
    // Until it serves it counts as idle: what it was made for waits for it.
    ++idle_;
}

void ThreadPool::serve() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const std::function<void()> work = std::move(waiting_.front());
        waiting_.pop_front();
        --idle_;
        lock.unlock();
        work();
        lock.lock();
        if (++idle_ == threads_.size()) all_idle_.notify_all();
    }
}

}  // namespace svcmgr
