#pragma once

#include <string>

#include "drivers/network/network.h"

namespace svcmgr {

/// The part of Network that is about this node's own adapters; what is promised of each function is said there. Implemented by
/// `svcmgr-network.so` (libmnl, packet sockets).
class Links {
public:
    virtual ~Links() = default;
    virtual AddressTable addresses() = 0;
    virtual ProbeAnswer probe(const std::string& adapter, const std::string& address, Deadline deadline) = 0;
    virtual void add_address(const AdapterAddress& address) = 0;
    virtual void remove_address(const AdapterAddress& address) = 0;
    virtual void announce(const std::string& adapter, const std::string& address) = 0;
};

/// The one symbol of the module, `svcmgr_make_links`. The caller owns what it returns.
using MakeLinks = Links* (*)();

}  // namespace svcmgr
