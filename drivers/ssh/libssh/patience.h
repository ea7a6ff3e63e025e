#pragma once

#include <poll.h>

#include <optional>
#include <span>
#include <string>

#include "drivers/clock.h"
#include "drivers/ssh/ssh.h"
#include "drivers/world.h"

namespace svcmgr {

/// How long a caller waits: until its deadline, and not once a signal asks to stop.
class Patience {
public:
    Patience(const World& world, Deadline deadline);

    /// `timed_out` or `interrupted` once there is no point in waiting any longer.
    std::optional<SshOutcome::Value> over() const;
    /// Over at the same time or `from_now`, whichever is first.
    Patience at_most(Duration from_now) const;

    Deadline deadline() const { return deadline_; }
    const Clock& clock() const { return world_.clock; }
    /// "5 s": how long it was or will be from its beginning.
    std::string text() const;
    /// How long to wait at most before asking `over` again. Signals are looked for between waits: the seam has nothing to wait on.
    Duration tick() const;

private:
    World world_;
    Moment begin_;
    Deadline deadline_;
};

/// Like poll(2), for one tick.
void poll_for_a_tick(std::span<pollfd> descriptors, const Patience& patience);

/// A tick in milliseconds, never 0: no busy waiting.
int tick_milliseconds(const Patience& patience);

}  // namespace svcmgr
