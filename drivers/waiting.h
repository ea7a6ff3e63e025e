#pragma once

#include <poll.h>

#include <span>

#include "drivers/clock.h"

namespace svcmgr {

/// CLOCK_BOOTTIME.
Moment boot_time();

/// Like poll(2), with a moment instead of a timeout, and going on after interruptions: returns once one of `descriptors` is ready
/// (`revents` says which) or at `until`. After a suspend it may be up to ten seconds late, since poll counts no time while the machine
/// sleeps. Negative descriptors are ignored.
void poll_until(std::span<pollfd> descriptors, Moment until);

}  // namespace svcmgr
