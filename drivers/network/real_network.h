#pragma once

#include "drivers/network/network.h"
#include "drivers/network/resolver.h"
#include "drivers/real_signals.h"

namespace svcmgr {

/// The machine's resolver and network. May be used from several threads at once.
class RealNetwork : public Network {
public:
    /// `signals` outlives the network: whatever waits ends early once a signal is pending.
    explicit RealNetwork(const RealSignals& signals, Lookup lookup = system_lookup);

    Resolution resolve(const std::string& name, Deadline deadline) override;

    /// A name may have several addresses (both protocols, several adapters). Its first four, in the resolver's order, are asked side by
    /// side, and an answer from any of them counts: whoever pings a name wants to know whether the machine behind it is there; whoever
    /// pings it to find an address that is taken must not miss one because an other comes first.
    /// What can't work (no permission, no route) is reported at once and not tried again until the deadline.
    PingAnswer ping(const std::string& host, Deadline deadline) override;

private:
    const RealSignals& signals_;
    Resolver resolver_;
};

}  // namespace svcmgr
