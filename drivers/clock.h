#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace svcmgr {

using Duration = std::chrono::nanoseconds;

/// The time base of everything that waits: it never jumps and goes on while the machine is suspended (CLOCK_BOOTTIME).
struct MonotonicTime {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonotonicTime, Duration>;
    static constexpr bool is_steady = true;
};
using Moment = MonotonicTime::time_point;

/// Wall clock time, for people and records only; never for deadlines.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    virtual Moment now() const = 0;
    virtual WallTime wall() const = 0;
    /// Returns at `until`, or earlier when a signal has been received (see Signals).
    virtual void sleep_until(Moment until) = 0;
};

/// A moment after which nobody waits any longer.
class Deadline {
public:
    explicit constexpr Deadline(Moment at) : at_(at) {}
    static Deadline in(const Clock& clock, Duration from_now) { return Deadline(clock.now() + from_now); }

    Moment at() const { return at_; }
    bool passed(const Clock& clock) const { return clock.now() >= at_; }
    /// What is left, never negative.
    Duration remaining(const Clock& clock) const { return std::max(Duration::zero(), at_ - clock.now()); }
    /// The nearer of this deadline and `from_now`.
    Deadline at_most(const Clock& clock, Duration from_now) const { return Deadline(std::min(at_, clock.now() + from_now)); }

private:
    Moment at_;
};

/// "350 ms", "2 s", "1 min 30 s", "3 h": rounded to what a reader cares about.
std::string to_text(Duration duration);

/// "2026-11-20T10:00:00Z"
std::string to_iso8601(WallTime time);
/// Reads it back: that profile of RFC 3339, UTC only; a fraction of any length is passed over. Nothing for another text.
std::optional<WallTime> parse_iso8601(std::string_view text);

/// Seconds with a fraction, as in JSON.
inline double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace svcmgr
