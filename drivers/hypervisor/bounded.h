#pragma once

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/signals.h"

namespace svcmgr {

/// A function that runs in a thread of its own, because a library may block in it for ever (libvirt does while libvirtd hangs).
/// Whoever waits can give it up; the thread then stays behind, harmless:
///
/// - It must own everything that it touches, or share the ownership: captures by value and shared pointers. References to what the
///   caller has, parts of a World too, may be gone when it wakes up.
/// - It is given a stop token that says when it was given up. Before each step that changes something it asks the token, so that a
///   library that wakes up late does not do what nobody waits for any more.
/// - Nothing waits for it, and the process may end while it runs. It must do so without running destructors of static objects, which
///   the thread may use: `main` ends with `std::fflush(nullptr)` and `_exit`, never by returning or with `exit`.
///
/// The thread takes no signals: they are for the threads that know about them, and a write into a closed socket is an error in it
/// instead of the end of the process.
template <typename T>
class Bounded {
    static_assert(!std::is_void_v<T> && !std::is_reference_v<T>);

public:
    /// `function` is called as `T function(std::stop_token)`. Throws Error when no thread can be made.
    template <typename Function>
    explicit Bounded(Function function) : shared_(std::make_shared<Shared>()) {
        start([shared = shared_, function = std::move(function)]() mutable { shared->run(std::move(function)); });
    }
    /// Gives the function up, unless it has returned.
    ~Bounded() {
        if (shared_) shared_->stop.request_stop();
    }
    Bounded(Bounded&&) noexcept = default;
    Bounded& operator=(Bounded&&) = delete;

    /// What the function returned, once; nothing when `deadline` passed or a signal is pending before it returns. Throws what it threw.
    /// Waiting again is allowed after nothing was returned.
    std::optional<T> wait(const Clock& clock, const Signals& signals, Deadline deadline) {
        std::unique_lock lock(shared_->mutex);
        while (!shared_->done) {
            const Duration left = deadline.remaining(clock);
            if (left == Duration::zero() || signals.pending() != 0) return std::nullopt;
            // A signal handler can't wake a condition variable; being asked to stop is noticed at the next slice.
            shared_->changed.wait_for(lock, std::min<Duration>(left, slice));
        }
        if (shared_->thrown) std::rethrow_exception(std::exchange(shared_->thrown, nullptr));
        return std::exchange(shared_->value, std::nullopt);
    }

private:
    static constexpr Duration slice = std::chrono::milliseconds(20);

    struct Shared {
        std::mutex mutex;
        std::condition_variable changed;
        std::stop_source stop;
        bool done = false;
        std::optional<T> value;
        std::exception_ptr thrown;

        template <typename Function>
        void run(Function function) {
            std::optional<T> result;
            std::exception_ptr problem;
            try {
                // What it captured is gone when its result is there.
                Function own = std::move(function);
                result.emplace(own(stop.get_token()));
            } catch (...) {
                problem = std::current_exception();
            }
            const std::lock_guard lock(mutex);
            value = std::move(result);
            thrown = std::move(problem);
            done = true;
            changed.notify_all();
        }
    };

    template <typename Body>
    static void start(Body body) {
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        // The thread inherits the mask: blocked before it exists, there is no moment in which it could take one.
        pthread_sigmask(SIG_SETMASK, &all, &before);
        try {
            std::thread(std::move(body)).detach();
        } catch (const std::system_error& problem) {
            pthread_sigmask(SIG_SETMASK, &before, nullptr);
            throw Error(Error::Code::failed, std::string("no thread could be started: ") + problem.what(), {},
                        "see the limits of processes and of memory");
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    std::shared_ptr<Shared> shared_;
};

/// Runs `function` and waits for it; gives it up when `deadline` passes or a signal is pending. See Bounded.
template <typename Function>
auto run_bounded(const Clock& clock, const Signals& signals, Deadline deadline, Function function)
    -> std::optional<std::invoke_result_t<Function, std::stop_token>> {
    Bounded<std::invoke_result_t<Function, std::stop_token>> bounded(std::move(function));
    return bounded.wait(clock, signals, deadline);
}

}  // namespace svcmgr
