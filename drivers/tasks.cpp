#include "drivers/tasks.h"

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

}  // namespace svcmgr
