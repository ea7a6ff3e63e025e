#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"
#include "drivers/files/files.h"

namespace svcmgr {

struct Resolution {
    std::vector<std::string> addresses;  ///< numeric, in the resolver's order; empty when there is none
    std::string problem;                 ///< why there is none
};

struct PingAnswer {
    bool answered = false;
    std::string reason;  ///< why not: "no answer within 1 s", "no such name", "network is unreachable" …
};

/// An adapter of this node.
struct Adapter {
    std::string name;
    bool up = false;
    bool carrier = false;
};

/// An address of this node, and where it is.
struct AdapterAddress {
    std::string adapter;
    std::string address;  ///< numeric, without its prefix
    int prefix = 0;       ///< bits of the network
    std::string label;    ///< of IPv4: the adapter's name, or an alias of it, "eth0:1"
    /// IPv6 addresses are tentative until nobody else has claimed them, and duplicate once somebody has (RFC 4862, 5.4).
    enum class State { usable, tentative, duplicate } state = State::usable;
};

struct AddressTable {
    std::vector<Adapter> adapters;
    std::vector<AdapterAddress> addresses;
    std::string problem;  ///< why nothing is known; empty when it is

    const Adapter* adapter(std::string_view name) const;
    /// Where an address is; null when it is not here. Addresses are compared as numbers, not as texts.
    const AdapterAddress* find(const std::string& address) const;
};

/// What other machines said when they were asked for an address.
struct ProbeAnswer {
    bool taken = false;
    std::string by;       ///< the hardware address of who has it
    std::string problem;  ///< why nobody could be asked; empty when they were
};

/// What became of a datagram.
enum class Delivery {
    taken,
    no_receiver,
    no_room,  ///< the receiver takes nothing out
};

/// A thread's stay in another network; it ends with the object, in the thread that began it.
class NetworkStay {
public:
    virtual ~NetworkStay() = default;
};

class Network {
public:
    virtual ~Network() = default;
    /// Addresses of a name; an address is its own resolution.
    virtual Resolution resolve(const std::string& name, Deadline deadline) = 0;
    /// Echo requests to a name or an address, one every second, until one is answered or the deadline passes. Never throws.
    virtual PingAnswer ping(const std::string& host, Deadline deadline) = 0;

    /// This node's adapters and addresses, from the kernel. Never throws.
    virtual AddressTable addresses() = 0;
    /// Asks whoever is on the adapter's link whether he has an IPv4 address, by three ARP probes until the deadline (RFC 5227, 2.1.1). An
    /// IPv6 address is not asked for: the kernel does so when it is added. Never throws.
    virtual ProbeAnswer probe(const std::string& adapter, const std::string& address, Deadline deadline) = 0;
    /// Adds an address to an adapter, or takes it away. Throws Error `failed`. One that is there, or is gone, already is no error.
    virtual void add_address(const AdapterAddress& address) = 0;
    virtual void remove_address(const AdapterAddress& address) = 0;
    /// Tells everybody on the link that the address is here now: ARP announcements (RFC 5227, 2.3) or unsolicited neighbour advertisements
    /// (RFC 4861, 7.2.6). Throws Error `failed`.
    virtual void announce(const std::string& adapter, const std::string& address) = 0;

    /// Hands a datagram to who receives at a unix socket; waits a tenth of a second for room at most. Never throws.
    virtual Delivery deliver(const Path& socket, std::string_view datagram) = 0;

    /// Until the object goes, whatever this thread, and those that it begins, connect to or ping is in the named network (a network
    /// namespace, as `ip netns` names it, or the path of one) and not in the node's own. Names are resolved as before. Throws Error
    /// `failed`.
    virtual std::unique_ptr<NetworkStay> enter(const std::string& network) = 0;
    /// Until the object goes, this thread and those that it begins are in the node's own network, whatever was entered: for who asks a
    /// daemon by an abstract socket, which belongs to a network. Null where nothing was entered. Throws Error `failed`.
    virtual std::unique_ptr<NetworkStay> go_home() = 0;
};

/// Whether two texts are the same address.
bool same_address(const std::string& a, const std::string& b);

}  // namespace svcmgr
