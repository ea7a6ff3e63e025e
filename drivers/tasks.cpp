#include "drivers/tasks.h"

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

void run_together(Tasks& tasks, const std::vector<std::function<void()>>& work, std::size_t at_once) {
    if (work.size() <= at_once) return run_together(tasks, work);
    std::atomic<std::size_t> next = 0;
    const auto worker = [&] {
        for (std::size_t mine = next++; mine < work.size(); mine = next++) work[mine]();
    };
    run_together(tasks, std::vector<std::function<void()>>(at_once, worker));
}

}  // namespace svcmgr
