#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include "drivers/descriptor.h"
#include "drivers/network/address.h"

namespace svcmgr {

/// Packets of one protocol on one adapter (packet(7)), without their frames.
class PacketSocket {
public:
    /// `protocol` is one of ETH_P_*. The reason, where there can be none.
    static tl::expected<PacketSocket, std::string> open(const std::string& adapter, std::uint16_t protocol);

    int descriptor() const { return descriptor_.get(); }
    const AddressBytes& own_hardware() const { return hardware_; }
    /// Whether the adapter is an Ethernet that speaks ARP.
    bool has_neighbours() const { return has_neighbours_; }
    /// To a hardware address of 6 bytes. The reason why it could not be sent, or nothing.
    std::optional<std::string> send(std::span<const std::uint8_t> packet, const AddressBytes& to) const;
    /// What has come, without waiting; empty when nothing has.
    AddressBytes receive() const;

private:
    Descriptor descriptor_;
    int index_ = 0;
    std::uint16_t protocol_ = 0;
    AddressBytes hardware_;
    bool has_neighbours_ = false;
};

}  // namespace svcmgr
