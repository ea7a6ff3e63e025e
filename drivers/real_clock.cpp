#include "drivers/real_clock.h"

#include "drivers/waiting.h"

namespace svcmgr {

Moment RealClock::now() const {
    return boot_time();
}

WallTime RealClock::wall() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

void RealClock::sleep_until(Moment until) {
    pollfd signal{signals_.descriptor(), POLLIN, 0};
    poll_until({&signal, 1}, until);
}

}  // namespace svcmgr
