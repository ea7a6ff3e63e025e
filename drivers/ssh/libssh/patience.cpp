#include "drivers/ssh/libssh/patience.h"

#include "drivers/signals.h"

namespace svcmgr {

Patience::Patience(const World& world, Deadline deadline) : world_(world), begin_(world.clock.now()), deadline_(deadline) {}

std::optional<SshOutcome::Value> Patience::over() const {
    if (world_.signals.pending() != 0) return SshOutcome::Value::interrupted;
    if (deadline_.passed(world_.clock)) return SshOutcome::Value::timed_out;
    return {};
}

Patience Patience::at_most(Duration from_now) const {
    return Patience(world_, deadline_.at_most(world_.clock, from_now));
}

std::string Patience::text() const {
    return to_text(std::max(Duration::zero(), deadline_.at() - begin_));
}

Duration Patience::tick() const {
    constexpr Duration longest = std::chrono::milliseconds(50);
    return std::min(longest, deadline_.remaining(world_.clock));
}

int tick_milliseconds(const Patience& patience) {
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(patience.tick()).count()) + 1;
}

void poll_for_a_tick(std::span<pollfd> descriptors, const Patience& patience) {
    for (auto& descriptor : descriptors) descriptor.revents = 0;
    ::poll(descriptors.data(), descriptors.size(), tick_milliseconds(patience));
}

}  // namespace svcmgr
