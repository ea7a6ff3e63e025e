#pragma once

#include <functional>
#include <memory>
#include <string>

#include "drivers/descriptor.h"
#include "drivers/network/network.h"
#include "drivers/real_signals.h"

namespace svcmgr {

/// Asks the system for a name's addresses. It may hang (dead name servers, LDAP); it runs in a thread of its own, which may outlive the
/// caller's patience, and therefore must own all that it uses.
using Lookup = std::function<Resolution(const std::string& name)>;

/// getaddrinfo: /etc/hosts, DNS and whatever else nsswitch.conf says, both protocols, in the order of RFC 6724.
Resolution system_lookup(const std::string& name);

/// The address in its usual form when `text` is a numeric one (IPv4, IPv6, IPv6 with a zone as in fe80::1%eth0); else empty.
std::string numeric_address(const std::string& text);

/// Resolves names within a deadline, however long the system takes. A lookup that is given up goes on in its thread until the process
/// ends; not more than `most_lookups` go on at once, so that a dead name server can't fill the process with threads.
class Resolver {
public:
    static constexpr unsigned most_lookups = 32;

    /// `signals` outlives the resolver. Throws Error `failed` when the system has no descriptor left.
    Resolver(const RealSignals& signals, Lookup lookup);

    /// Never throws. Ends early, with that reason, when a signal is pending. A numeric address needs no lookup.
    Resolution resolve(const std::string& name, Deadline deadline) const;

private:
    struct Question;
    bool wait(const Descriptor& event, Deadline deadline) const;

    const RealSignals& signals_;
    Lookup lookup_;
    std::shared_ptr<Descriptor> free_places_;  ///< a semaphore (eventfd); shared with the threads
};

}  // namespace svcmgr
