#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "drivers/clock.h"

namespace svcmgr::sim {

class Process;

/// Virtual time, and threads that run one at a time.
///
/// A task is a real thread that goes on only while it holds the baton. It gives the baton away when it waits (`wait`), and then the task
/// that can go on gets it; when none can, the clock jumps to the next moment at which something happens. Nothing therefore depends on
/// the machine: the same seed gives the same run. Everything in the simulated world is touched by the holder of the baton only, and
/// needs no locks.
class Scheduler {
public:
    using TaskId = std::uint64_t;
    static constexpr Moment never = Moment::max();

    /// The caller becomes the first task. Seed 0: whoever has waited longest goes first; any other: the seed decides.
    explicit Scheduler(std::uint64_t seed);
    /// All tasks but the caller's must have ended.
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    Moment now() const { return now_; }
    /// A task that belongs to `process` (may be null). `body` must not throw.
    TaskId start(Process* process, std::function<void()> body);
    bool ended(TaskId task) const { return !tasks_.contains(task); }
    /// Returns once `ready()` is true or `until` has come. `ready` is asked by other tasks: it looks and does nothing else.
    void wait(const std::function<bool()>& ready, Moment until, const std::string& what);
    /// With a seed: perhaps lets another task go on first.
    void perhaps_yield();
    /// `event` happens at `when`, whatever the tasks do; several at one moment in the order in which they were asked for.
    void at(Moment when, std::function<void()> event);
    /// Called when nobody can ever go on: has to make somebody go on.
    void when_stuck(std::function<void(const std::string& who_waits_for_what)> call) { when_stuck_ = std::move(call); }

    /// Whether an event is happening now: the thread that runs is not its task then.
    bool in_event() const { return in_event_; }

    std::uint64_t random(std::uint64_t below) { return random_() % below; }
    bool shuffled() const { return seed_ != 0; }

    /// The scheduler whose task the calling thread is; null outside of a simulation.
    static Scheduler* of_this_thread();
    /// The process whose task the calling thread is; may be null.
    static Process* process_of_this_thread();

private:
    /// Whose turn it is. Sleeps in the kernel at once: a std::binary_semaphore would spin first, with the only processor that the next task
    /// needs.
    class Turn {
    public:
        void give();
        void await();

    private:
        std::atomic<int> given_{0};
    };

    struct Task {
        TaskId id = 0;
        Process* process = nullptr;
        std::thread thread;
        Turn turn;
        std::function<bool()> ready;
        Moment until = never;
        std::uint64_t waiting_since = 0;  ///< a serial number
        std::string what;
    };

    /// Gives the baton to the next task that can go on, and returns when it is `self`'s turn again; at once for a task that has ended.
    void pass_on(Task* self);
    Task* next_task();
    Task* choose(const std::vector<Task*>& candidates);
    void run_events();
    std::string who_waits() const;
    void forget_ended();

    std::uint64_t seed_;
    std::mt19937_64 random_;
    Moment now_{};
    std::map<TaskId, std::unique_ptr<Task>> tasks_;
    std::vector<std::unique_ptr<Task>> ended_;  ///< their threads are about to end, and must be joined
    TaskId last_id_ = 0;
    std::uint64_t serial_ = 0;
    bool in_event_ = false;
    std::multimap<Moment, std::function<void()>> events_;
    std::function<void(const std::string&)> when_stuck_;
};

}  // namespace svcmgr::sim
