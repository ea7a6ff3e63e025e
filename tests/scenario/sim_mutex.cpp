// Product code locks std::mutex and may wait in simulated time while it holds one (a look at a hypervisor that hangs does). Another task
// that wanted the same mutex would then block for real, with the baton in its hand, and nobody could ever go on. The linker therefore sends
// every pthread_mutex_lock of this program here (-Wl,--wrap), where a task waits for a mutex as it waits for anything else.

#include <pthread.h>

#include <cerrno>

#include "tests/scenario/sim_scheduler.h"

extern "C" int __real_pthread_mutex_lock(pthread_mutex_t* mutex);

extern "C" int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex) {
    using svcmgr::sim::Scheduler;
    Scheduler* scheduler = Scheduler::of_this_thread();
    if (scheduler == nullptr) return __real_pthread_mutex_lock(mutex);
    const auto is_free = [mutex] { return pthread_mutex_trylock(mutex) == 0 && pthread_mutex_unlock(mutex) == 0; };
    while (true) {
        const int problem = pthread_mutex_trylock(mutex);
        if (problem != EBUSY) return problem;
        scheduler->wait(is_free, Scheduler::never, "a mutex");
    }
}
