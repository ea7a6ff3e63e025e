#pragma once

#include <array>
#include <csignal>

#include "drivers/descriptor.h"
#include "drivers/signals.h"

namespace svcmgr {

/// Signals of this process. While the object lives, SIGINT, SIGTERM and SIGHUP are remembered instead of ending the process, and SIGPIPE is
/// ignored, and SIGCHLD has its default action (children of a process that ignores it can't be waited for); the destructor puts back what
/// was there before. One object at a time: a second one throws Error. A signal that was ignored when the object was made (SIGHUP under
/// nohup, SIGINT of a background job) stays ignored.
///
/// Where it is kept: in a socket pair, so that what a handler may do (write a byte) is all it does, and so that "pending" and
/// "`descriptor` is readable" are the same fact. Waiting on the descriptor can therefore not miss a signal.
class RealSignals : public Signals {
public:
    RealSignals();
    ~RealSignals() override;

    int pending() const override;
    int take() override;
    /// Readable exactly as long as a signal is pending. For poll only; whoever reads from it takes the signal away from everybody.
    int descriptor() const { return reader_.get(); }

private:
    struct Saved {
        int number;
        struct sigaction action;
    };

    Descriptor reader_;
    Descriptor writer_;
    std::array<Saved, 5> saved_{};
};

}  // namespace svcmgr
