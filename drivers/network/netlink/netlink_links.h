#pragma once

#include "drivers/network/links.h"

namespace svcmgr {

/// This node's adapters by rtnetlink(7). Each call has its own socket: usable from several threads at once.
class NetlinkLinks : public Links {
public:
    AddressTable addresses() override;
    ProbeAnswer probe(const std::string& adapter, const std::string& address, Deadline deadline) override;
    void add_address(const AdapterAddress& address) override;
    void remove_address(const AdapterAddress& address) override;
    void announce(const std::string& adapter, const std::string& address) override;
};

}  // namespace svcmgr
