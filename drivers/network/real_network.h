#pragma once

#include "drivers/network/lazy_links.h"
#include "drivers/network/network.h"
#include "drivers/network/resolver.h"
#include "drivers/real_signals.h"

namespace svcmgr {

/// The machine's resolver and network. May be used from several threads at once.
class RealNetwork : public Network {
public:
    /// `signals` outlives the network: whatever waits ends early once a signal is pending.
    /// `module_directory` is where svcmgr-network.so is, which knows the adapters.
    explicit RealNetwork(const RealSignals& signals, Lookup lookup = system_lookup, Path module_directory = {});

    Resolution resolve(const std::string& name, Deadline deadline) override;

    /// A name may have several addresses (both protocols, several adapters). Its first four, in the resolver's order, are asked side by
    /// side, and an answer from any of them counts: whoever pings a name wants to know whether the machine behind it is there; whoever
    /// pings it to find an address that is taken must not miss one because an other comes first.
    /// What can't work (no permission, no route) is reported at once and not tried again until the deadline.
    PingAnswer ping(const std::string& host, Deadline deadline) override;

    AddressTable addresses() override { return links_.addresses(); }
    ProbeAnswer probe(const std::string& adapter, const std::string& address, Deadline deadline) override {
        return links_.probe(adapter, address, deadline);
    }
    void add_address(const AdapterAddress& address) override { links_.add_address(address); }
    void remove_address(const AdapterAddress& address) override { links_.remove_address(address); }
    void announce(const std::string& adapter, const std::string& address) override { links_.announce(adapter, address); }
    Delivery deliver(const Path& socket, std::string_view datagram) override;
    std::unique_ptr<NetworkStay> enter(const std::string& network) override;
    std::unique_ptr<NetworkStay> go_home() override;

private:
    const RealSignals& signals_;
    Resolver resolver_;
    LazyLinks links_;
};

}  // namespace svcmgr
