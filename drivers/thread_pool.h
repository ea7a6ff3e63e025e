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

    /// While it lives, what this thread begins runs in threads of its own, as does what those begin: they inherit what this thread has
    /// changed for itself alone (setns(2)), which kept threads would not have, and would keep.
    class Apart {
    public:
        Apart();
        ~Apart();
        Apart(const Apart&) = delete;
        Apart& operator=(const Apart&) = delete;
    };

private:
    void begin_apart(std::function<void()> work);
    void serve();
    void ended();

    std::mutex mutex_;
    std::condition_variable work_came_;  ///< or the end
    std::condition_variable all_ended_;
    std::deque<std::function<void()>> waiting_;  ///< never more than there are idle threads
    std::vector<std::thread> threads_;
    std::size_t idle_ = 0;   ///< of the kept threads
    std::size_t begun_ = 0;  ///< pieces of work that have not ended
    bool ending_ = false;
};

}  // namespace svcmgr
