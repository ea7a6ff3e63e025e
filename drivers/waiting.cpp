#include "drivers/waiting.h"

#include <time.h>

namespace svcmgr {

Moment boot_time() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return Moment(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

void poll_until(std::span<pollfd> descriptors, Moment until) {
    constexpr Duration longest_poll = std::chrono::seconds(10);
    while (true) {
        for (auto& descriptor : descriptors) descriptor.revents = 0;
        const auto left = std::clamp<Duration>(until - boot_time(), Duration::zero(), longest_poll);
        const auto whole = std::chrono::floor<std::chrono::seconds>(left);
        const timespec timeout{whole.count(), (left - whole).count()};
        if (::ppoll(descriptors.data(), descriptors.size(), &timeout, nullptr) > 0) return;
        if (boot_time() >= until) return;
    }
}

}  // namespace svcmgr
