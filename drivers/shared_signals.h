#pragma once

#include <memory>
#include <mutex>

#include "drivers/clock.h"
#include "drivers/signals.h"

namespace svcmgr {

/// One process's signals for several actions that run side by side: each of them gets every signal. A signal is forgotten once all of the
/// actions that run have taken it: until then each waits in `take`, so that none begins to undo what it did while another one's waiting is
/// still cut short.
class SharedSignals {
public:
    /// Both outlive the object.
    SharedSignals(Signals& signals, Clock& clock) : signals_(signals), clock_(clock) {}

    /// The signals of one action; made before any of the others runs into a signal, and destroyed when the action has ended.
    class Share : public Signals {
    public:
        explicit Share(SharedSignals& shared);
        ~Share() override;
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        int pending() const override;
        int take() override;

    private:
        SharedSignals& shared_;
        unsigned seen_;  ///< how many signals this one has taken
    };

private:
    void take_when_all_have_come();

    Signals& signals_;
    Clock& clock_;
    mutable std::mutex mutex_;
    int running_ = 0;     ///< shares
    int waiting_ = 0;     ///< of them, those in `take`
    unsigned taken_ = 0;  ///< how many signals were taken for all
    int number_ = 0;      ///< the last of these
};

}  // namespace svcmgr
