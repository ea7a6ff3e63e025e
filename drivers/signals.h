#pragma once

namespace svcmgr {

/// SIGINT, SIGTERM and SIGHUP, received and remembered. Waiting functions return early once one is pending.
class Signals {
public:
    virtual ~Signals() = default;
    /// The pending signal's number, 0 when there is none.
    virtual int pending() const = 0;
    /// The same, and forgets it: what is waited for afterwards (undoing, say) is waited for again.
    virtual int take() = 0;
};

}  // namespace svcmgr
