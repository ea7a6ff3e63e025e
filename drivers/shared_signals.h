#pragma once

#include <mutex>

#include "drivers/signals.h"

namespace svcmgr {

/// One process's signals for several actions that run side by side: each of them gets every signal, whoever takes it first. What waits in a
/// driver hears of a signal until somebody has taken it; the actions themselves hear of it until each has taken it.
class SharedSignals {
public:
    /// `signals` outlives the object.
    explicit SharedSignals(Signals& signals) : signals_(signals) {}

    /// The signals of one action. One that is made later hears of what comes later.
    class Share : public Signals {
    public:
        explicit Share(SharedSignals& shared);
        int pending() const override;
        int take() override;

    private:
        SharedSignals& shared_;
        unsigned seen_;  ///< how many signals this one has taken
    };

private:
    Signals& signals_;
    std::mutex mutex_;
    unsigned taken_ = 0;  ///< how many signals were taken by anybody
    int number_ = 0;      ///< the last of these
};

}  // namespace svcmgr
