#pragma once

#include <string>
#include <vector>

#include "drivers/clock.h"

namespace svcmgr {

struct Resolution {
    std::vector<std::string> addresses;  ///< numeric, in the resolver's order; empty when there is none
    std::string problem;                 ///< why there is none
};

struct PingAnswer {
    bool answered = false;
    std::string reason;  ///< why not: "no answer within 1 s", "no such name", "network is unreachable" …
};

class Network {
public:
    virtual ~Network() = default;
    /// Addresses of a name; an address is its own resolution.
    virtual Resolution resolve(const std::string& name, Deadline deadline) = 0;
    /// Echo requests to a name or an address, one every second, until one is answered or the deadline passes. Never throws.
    virtual PingAnswer ping(const std::string& host, Deadline deadline) = 0;
};

}  // namespace svcmgr
