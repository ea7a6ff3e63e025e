#include "drivers/real_tasks.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <set>
#include <system_error>

#include "drivers/descriptor.h"
#include "drivers/error.h"
#include "drivers/waiting.h"

namespace svcmgr {

namespace {

class ThreadGroup : public TaskGroup {
public:
    ThreadGroup(const RealSignals& signals, ThreadPool& threads)
        : signals_(signals), threads_(threads), task_ended_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (!task_ended_) throw Error(Error::Code::failed, std::string("tasks can't be waited for: ") + strerrordesc_np(errno));
    }

    /// A task that still runs may add another one to its group.
    ~ThreadGroup() override {
        std::unique_lock lock(mutex_);
        none_runs_.wait(lock, [this] { return running_ == 0; });
    }

    Id spawn(std::function<void()> work) override {
        const std::lock_guard lock(mutex_);
        const Id id = last_id_ + 1;
        try {
            threads_.begin([this, id, work = std::move(work)] { run(id, work); });
        } catch (const std::system_error& problem) {
            throw Error(Error::Code::failed, "no more threads can be started: " + problem.code().message(), {},
                        "see the limits of processes: ulimit -u, and TasksMax of the systemd unit");
        }
        ++running_;
        return last_id_ = id;
    }

    std::optional<Id> wait_any(Deadline deadline) override {
        while (true) {
            // Forgotten before looking, so that a task that ends after the look is seen by the poll.
            eventfd_t count = 0;
            ::eventfd_read(task_ended_.get(), &count);
            if (const auto ended = take_ended()) return ended;
            if (none_left() || signals_.pending() != 0 || boot_time() >= deadline.at()) return std::nullopt;
            pollfd watched[] = {{task_ended_.get(), POLLIN, 0}, {signals_.descriptor(), POLLIN, 0}};
            poll_until(watched, deadline.at());
        }
    }

private:
    void run(Id id, const std::function<void()>& work) noexcept {
        work();
        // The group may be gone as soon as nobody holds its mutex.
        const std::lock_guard lock(mutex_);
        ended_.insert(id);
        ::eventfd_write(task_ended_.get(), 1);
        if (--running_ == 0) none_runs_.notify_all();
    }

    bool none_left() const {
        const std::lock_guard lock(mutex_);
        return running_ == 0 && ended_.empty();
    }

    std::optional<Id> take_ended() {
        const std::lock_guard lock(mutex_);
        if (ended_.empty()) return std::nullopt;
        return ended_.extract(ended_.begin()).value();
    }

    const RealSignals& signals_;
    ThreadPool& threads_;
    Descriptor task_ended_;
    mutable std::mutex mutex_;
    std::condition_variable none_runs_;
    std::size_t running_ = 0;
    std::set<Id> ended_;  ///< until they are reported
    Id last_id_ = 0;
};

}  // namespace

std::unique_ptr<TaskGroup> RealTasks::group() {
    return std::make_unique<ThreadGroup>(signals_, threads_);
}

}  // namespace svcmgr
