#pragma once

#include <mutex>
#include <optional>

#include "drivers/clock.h"
#include "drivers/signals.h"

namespace svcmgr {

/// Signals as somebody hears them who is in the middle of a change. A hypervisor's daemon goes on with what it was told even when nobody
/// waits; a start that is given up at once may come true after its undoing looked and found nothing to undo. So a change is waited for a
/// while longer.
class PatientSignals : public Signals {
public:
    /// Both outlive it.
    PatientSignals(const Clock& clock, const Signals& signals) : clock_(clock), signals_(signals) {}

    int pending() const override {
        const int signal = signals_.pending();
        const std::lock_guard lock(mutex_);
        if (signal == 0) {
            since_.reset();
            return 0;
        }
        if (!since_) since_ = clock_.now();
        return clock_.now() - *since_ >= patience ? signal : 0;
    }
    /// Nobody who changes something takes a signal off: that is for whoever decides what is done about it.
    int take() override { return 0; }

private:
    static constexpr Duration patience = std::chrono::seconds(5);

    const Clock& clock_;
    const Signals& signals_;
    mutable std::mutex mutex_;
    mutable std::optional<Moment> since_;
};

}  // namespace svcmgr
