#include "tests/scenario/sim_scheduler.h"

#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace svcmgr::sim {

namespace {

struct ThisThread {
    Scheduler* scheduler = nullptr;
    Process* process = nullptr;
    void* task = nullptr;
};
thread_local ThisThread this_thread;

}  // namespace

void Scheduler::Turn::give() {
    given_.store(1, std::memory_order_release);
    ::syscall(SYS_futex, &given_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void Scheduler::Turn::await() {
    while (given_.exchange(0, std::memory_order_acquire) == 0) ::syscall(SYS_futex, &given_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
}

Scheduler* Scheduler::of_this_thread() {
    return this_thread.scheduler;
}
Process* Scheduler::process_of_this_thread() {
    return this_thread.process;
}

Scheduler::Scheduler(std::uint64_t seed) : seed_(seed), random_(seed) {
    auto first = std::make_unique<Task>();
    first->id = ++last_id_;
    this_thread = {this, nullptr, first.get()};
    tasks_.emplace(first->id, std::move(first));
}

Scheduler::~Scheduler() {
    forget_ended();
    this_thread = {};
}

Scheduler::TaskId Scheduler::start(Process* process, std::function<void()> body) {
    forget_ended();
    auto made = std::make_unique<Task>();
    Task* task = made.get();
    task->id = ++last_id_;
    task->process = process;
    task->ready = [] { return true; };
    task->waiting_since = ++serial_;
    task->what = "its first turn";
    tasks_.emplace(task->id, std::move(made));
    task->thread = std::thread([this, task, body = std::move(body)] {
        task->turn.await();
        this_thread = {this, task->process, task};
        body();
        auto node = tasks_.extract(task->id);
        ended_.push_back(std::move(node.mapped()));
        pass_on(nullptr);
    });
    return task->id;
}

void Scheduler::wait(const std::function<bool()>& ready, Moment until, const std::string& what) {
    if (ready() || now_ >= until) return;
    auto* self = static_cast<Task*>(this_thread.task);
    self->ready = ready;
    self->until = until;
    self->what = what;
    self->waiting_since = ++serial_;
    pass_on(self);
}

void Scheduler::perhaps_yield() {
    if (seed_ == 0 || random(4) != 0) return;
    auto* self = static_cast<Task*>(this_thread.task);
    self->ready = [] { return true; };
    self->waiting_since = ++serial_;
    self->what = "its turn";
    pass_on(self);
}

void Scheduler::at(Moment when, std::function<void()> event) {
    events_.emplace(std::max(when, now_), std::move(event));
}

void Scheduler::pass_on(Task* self) {
    Task* next = next_task();
    next->ready = nullptr;
    next->until = never;
    if (next == self) return;
    next->turn.give();
    if (self != nullptr) self->turn.await();
}

Scheduler::Task* Scheduler::next_task() {
    bool stuck = false;
    while (true) {
        run_events();
        std::vector<Task*> candidates;
        for (const auto& [id, task] : tasks_)
            if (task->ready && (task->until <= now_ || task->ready())) candidates.push_back(task.get());
        if (!candidates.empty()) return choose(candidates);

        Moment next = events_.empty() ? never : events_.begin()->first;
        for (const auto& [id, task] : tasks_)
            if (task->ready) next = std::min(next, task->until);
        if (next != never) {
            now_ = next;
            continue;
        }
        if (stuck || !when_stuck_) {
            fmt::print(stderr, "the simulation is stuck: {}\n", who_waits());
            std::abort();
        }
        stuck = true;
        when_stuck_(who_waits());
    }
}

Scheduler::Task* Scheduler::choose(const std::vector<Task*>& candidates) {
    if (seed_ != 0) return candidates[random(candidates.size())];
    return *std::ranges::min_element(candidates, {}, &Task::waiting_since);
}

void Scheduler::run_events() {
    while (!events_.empty() && events_.begin()->first <= now_) {
        const auto event = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        in_event_ = true;
        event();
        in_event_ = false;
    }
}

std::string Scheduler::who_waits() const {
    std::string text;
    for (const auto& [id, task] : tasks_) text += fmt::format("{}task {} waits for {}", text.empty() ? "" : ", ", id, task->what);
    return text;
}

void Scheduler::forget_ended() {
    for (const auto& task : ended_) task->thread.join();
    ended_.clear();
}

}  // namespace svcmgr::sim
