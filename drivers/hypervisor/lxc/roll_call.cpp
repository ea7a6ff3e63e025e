#include "drivers/hypervisor/lxc/roll_call.h"

#include <condition_variable>
#include <mutex>

#include "drivers/hypervisor/bounded.h"

namespace svcmgr::lxc {

namespace {

/// A monitor answers within a fraction of a millisecond; on a busy machine it may take this long.
constexpr Duration patience_with_one = std::chrono::milliseconds(100);
/// Being asked to stop is noticed this late.
constexpr Duration slice = std::chrono::milliseconds(20);
/// So many monitors may hang before those behind them are given up.
constexpr std::size_t most_threads = 32;

/// Shared by the threads that ask and the one that waits.
class Roll {
public:
    explicit Roll(std::vector<ContainerId> containers) : containers_(std::move(containers)) {}

    /// Asks one container after the other, each of which nobody else has asked.
    bool walk(Library& library, const std::stop_token& given_up) {
        while (const ContainerId* next = take(given_up)) put(*next, ask(library, *next));
        return true;
    }

    enum class Progress { none, some, complete };
    /// Waits a moment for answers that are new since `known` were there.
    Progress wait(std::size_t known, Duration moment) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, moment, [&] { return answers_.size() > known; });
        if (answers_.size() == containers_.size()) return Progress::complete;
        return answers_.size() > known ? Progress::some : Progress::none;
    }
    bool somebody_left() {
        const std::lock_guard lock(mutex_);
        return next_ < containers_.size();
    }
    std::map<ContainerId, StateWord> answers() {
        const std::lock_guard lock(mutex_);
        return answers_;
    }

private:
    const ContainerId* take(const std::stop_token& given_up) {
        const std::lock_guard lock(mutex_);
        return given_up.stop_requested() || next_ == containers_.size() ? nullptr : &containers_[next_++];
    }
    void put(const ContainerId& container, StateWord answer) {
        const std::lock_guard lock(mutex_);
        answers_.emplace(container, std::move(answer));
        changed_.notify_all();
    }
    static StateWord ask(Library& library, const ContainerId& container) {
        try {
            return library.state(container);
        } catch (const Error& problem) {
            return tl::unexpected(problem.message());
        }
    }

    const std::vector<ContainerId> containers_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t next_ = 0;
    std::map<ContainerId, StateWord> answers_;
};

}  // namespace

std::map<ContainerId, StateWord> call_roll(const World& world, const std::shared_ptr<Library>& library, std::vector<ContainerId> containers,
                                           Deadline deadline) {
    if (containers.empty()) return {};
    const auto roll = std::make_shared<Roll>(std::move(containers));
    std::vector<Bounded<bool>> walkers;
    const auto add_walker = [&] {
        walkers.emplace_back([roll, library](const std::stop_token& given_up) { return roll->walk(*library, given_up); });
    };
    add_walker();
    std::size_t known = 0;
    Moment progress = world.clock.now();
    while (!deadline.passed(world.clock) && world.signals.pending() == 0) {
        const auto now = roll->wait(known, std::min<Duration>(slice, deadline.remaining(world.clock)));
        if (now == Roll::Progress::complete) break;
        if (now == Roll::Progress::some) {
            known = roll->answers().size();
            progress = world.clock.now();
        } else if (world.clock.now() - progress >= patience_with_one && walkers.size() < most_threads && roll->somebody_left()) {
            add_walker();
            progress = world.clock.now();
        }
    }
    return roll->answers();
}

}  // namespace svcmgr::lxc
