#include "drivers/tasks.h"

#include <algorithm>
#include <atomic>

#include "drivers/error.h"

namespace svcmgr {

void run_together(Tasks& tasks, const std::vector<std::function<void()>>& work) {
    if (work.empty()) return;
    // Runs the first one itself; then `group` waits for the others as it goes.
    std::size_t started = 1;
    std::unique_ptr<TaskGroup> group;
    try {
        if (work.size() > 1) group = tasks.group();
        for (; started < work.size(); ++started) group->spawn(work[started]);
    } catch (const Error&) {
        // A look does not fail for want of threads: it takes longer.
    }
    work.front()();
    for (; started < work.size(); ++started) work[started]();
}

void run_together(Tasks& tasks, const Clock& clock, const std::vector<std::function<void()>>& work, std::size_t at_once) {
    if (work.size() <= at_once) return run_together(tasks, work);
    constexpr std::size_t at_first = 4;
    constexpr Duration until_more = std::chrono::milliseconds(2);
    std::atomic<std::size_t> next = 0;
    const auto worker = [&] {
        for (std::size_t mine = next++; mine < work.size(); mine = next++) work[mine]();
    };
    try {
        const auto group = tasks.group();
        std::size_t wanted = std::min(at_first, at_once);
        for (std::size_t workers = 0; workers < at_once && next < work.size(); wanted = std::min(2 * wanted, at_once)) {
            for (; workers < wanted; ++workers) group->spawn(worker);
            group->wait_any(Deadline::in(clock, until_more));
        }
    } catch (const Error&) {
        // For want of threads those that there are have done it, or this one does.
    }
    worker();
}

}  // namespace svcmgr
