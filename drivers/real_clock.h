#pragma once

#include "drivers/clock.h"
#include "drivers/real_signals.h"

namespace svcmgr {

/// The machine's clocks: CLOCK_BOOTTIME for waiting, CLOCK_REALTIME for people.
class RealClock : public Clock {
public:
    /// `signals` outlives the clock.
    explicit RealClock(const RealSignals& signals) : signals_(signals) {}

    Moment now() const override;
    WallTime wall() const override;
    void sleep_until(Moment until) override;

private:
    const RealSignals& signals_;
};

}  // namespace svcmgr
