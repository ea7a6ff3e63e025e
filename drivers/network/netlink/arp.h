#pragma once

#include <optional>
#include <span>
#include <string>

#include "drivers/clock.h"
#include "drivers/network/address.h"
#include "drivers/network/network.h"

namespace svcmgr {

/// An ARP packet of IPv4 over Ethernet (RFC 826), without the frame around it.
struct ArpPacket {
    enum class Operation : std::uint16_t { request = 1, reply = 2 } operation = Operation::request;
    AddressBytes sender_hardware;  ///< 6 bytes
    AddressBytes sender;           ///< 4 bytes; all 0 in a probe
    AddressBytes target_hardware;
    AddressBytes target;

    AddressBytes bytes() const;
    /// Nothing for what is no such packet.
    static std::optional<ArpPacket> parse(std::span<const std::uint8_t> bytes);
};

/// Whether a packet says that somebody else has the address, or is about to take it (RFC 5227, 2.1.1).
bool is_conflict(const ArpPacket& packet, const AddressBytes& address, const AddressBytes& own_hardware);

/// See Network::probe. The probes are sent at equal distances, a third of the time each; what comes until the deadline counts.
/// An adapter without ARP (loopback, a tunnel) has nobody to ask.
ProbeAnswer arp_probe(const std::string& adapter, const AddressBytes& address, Deadline deadline);

/// See Network::announce. Two announcements, not two seconds apart as in the RFC: a start does not wait for the second one.
void announce_arp(const std::string& adapter, const AddressBytes& address);

}  // namespace svcmgr
