#include "drivers/real_tasks.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "drivers/descriptor.h"
#include "drivers/error.h"
#include "drivers/waiting.h"

namespace svcmgr {

namespace {

class ThreadGroup : public TaskGroup {
public:
    explicit ThreadGroup(const RealSignals& signals) : signals_(signals), task_ended_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (!task_ended_) throw Error(Error::Code::failed, std::string("tasks can't be waited for: ") + strerrordesc_np(errno));
    }

    ~ThreadGroup() override {
        // One after the other, since a task that still runs may add another one to its group.
        while (auto thread = take_any()) thread->join();
    }

    Id spawn(std::function<void()> work) override {
        const std::lock_guard lock(mutex_);
        const Id id = last_id_ + 1;
        try {
            tasks_[id].thread = std::thread([this, id, work = std::move(work)] { run(id, work); });
        } catch (const std::system_error& problem) {
            tasks_.erase(id);
            throw Error(Error::Code::failed, "no more threads can be started: " + problem.code().message(), {},
                        "see the limits of processes: ulimit -u, and TasksMax of the systemd unit");
        }
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
    struct Task {
        std::thread thread;
        bool ended = false;
    };

    void run(Id id, const std::function<void()>& work) noexcept {
        work();
        const std::lock_guard lock(mutex_);
        // The destructor forgets a task before it waits for its thread.
        if (const auto task = tasks_.find(id); task != tasks_.end()) task->second.ended = true;
        ::eventfd_write(task_ended_.get(), 1);
    }

    bool none_left() const {
        const std::lock_guard lock(mutex_);
        return tasks_.empty();
    }

    std::optional<std::thread> take_any() {
        const std::lock_guard lock(mutex_);
        if (tasks_.empty()) return std::nullopt;
        auto thread = std::move(tasks_.begin()->second.thread);
        tasks_.erase(tasks_.begin());
        return thread;
    }

    std::optional<Id> take_ended() {
        std::unique_lock lock(mutex_);
        const auto found = std::find_if(tasks_.begin(), tasks_.end(), [](const auto& task) { return task.second.ended; });
        if (found == tasks_.end()) return std::nullopt;
        const Id id = found->first;
        auto thread = std::move(found->second.thread);
        tasks_.erase(found);
        lock.unlock();
        thread.join();
        return id;
    }

    const RealSignals& signals_;
    Descriptor task_ended_;
    mutable std::mutex mutex_;
    std::map<Id, Task> tasks_;  ///< until they are reported
    Id last_id_ = 0;
};

}  // namespace

std::unique_ptr<TaskGroup> RealTasks::group() {
    return std::make_unique<ThreadGroup>(signals_);
}

}  // namespace svcmgr
