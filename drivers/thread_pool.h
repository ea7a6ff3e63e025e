#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace svcmgr {

/// Threads that are kept for the next piece of work: making one takes longer than most looks. Each piece has a thread for itself at once,
/// however many others wait. Used from several threads at once.
class ThreadPool {
public:
    ThreadPool() = default;
    /// Waits for all that was begun.
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// Begins `work`, which must not throw. Throws std::system_error when the system has no more threads.
    void begin(std::function<void()> work);

private:
    void serve();

    std::mutex mutex_;
    std::condition_variable changed_;  ///< work has come, or the end
    std::condition_variable all_idle_;
    std::deque<std::function<void()>> waiting_;  ///< never more than there are idle threads
    std::vector<std::thread> threads_;
    std::size_t idle_ = 0;
    bool ending_ = false;
};

}  // namespace svcmgr
