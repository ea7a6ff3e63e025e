#include "drivers/network/netlink/arp.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/if_ether.h>
#include <poll.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/network/netlink/packet_socket.h"
#include "drivers/waiting.h"

namespace svcmgr {

namespace {

constexpr int probes = 3;         // PROBE_NUM, RFC 5227
constexpr int announcements = 2;  // ANNOUNCE_NUM
constexpr std::size_t packet_length = 28;
const AddressBytes everybody(6, 0xff);
const AddressBytes no_hardware(6, 0);
const AddressBytes no_address(4, 0);

void put(AddressBytes& bytes, const AddressBytes& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

std::string hardware_text(const AddressBytes& bytes) {
    return fmt::format("{:02x}", fmt::join(bytes, ":"));
}

}  // namespace

AddressBytes ArpPacket::bytes() const {
    // Ethernet, IPv4, 6 and 4 bytes long.
    AddressBytes bytes{0, 1, 8, 0, 6, 4, 0, static_cast<std::uint8_t>(operation)};
    put(bytes, sender_hardware);
    put(bytes, sender);
    put(bytes, target_hardware);
    put(bytes, target);
    return bytes;
}

std::optional<ArpPacket> ArpPacket::parse(std::span<const std::uint8_t> bytes) {
    static constexpr std::uint8_t begin[] = {0, 1, 8, 0, 6, 4, 0};
    if (bytes.size() < packet_length || !std::equal(std::begin(begin), std::end(begin), bytes.begin())) return std::nullopt;
    if (bytes[7] != 1 && bytes[7] != 2) return std::nullopt;
    const auto part = [&](std::size_t from, std::size_t length) {
        return AddressBytes(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.begin() + static_cast<std::ptrdiff_t>(from + length));
    };
    ArpPacket packet;
    packet.operation = static_cast<Operation>(bytes[7]);
    packet.sender_hardware = part(8, 6);
    packet.sender = part(14, 4);
    packet.target_hardware = part(18, 6);
    packet.target = part(24, 4);
    return packet;
}

bool is_conflict(const ArpPacket& packet, const AddressBytes& address, const AddressBytes& own_hardware) {
    if (packet.sender_hardware == own_hardware) return false;
    if (packet.sender == address) return true;
    return packet.operation == ArpPacket::Operation::request && packet.sender == no_address && packet.target == address;
}

ProbeAnswer arp_probe(const std::string& adapter, const AddressBytes& address, Deadline deadline) {
    const auto socket = PacketSocket::open(adapter, ETH_P_ARP);
    if (!socket) return {false, "", socket.error()};
    if (!socket->has_neighbours()) return {};
    const AddressBytes probe = ArpPacket{ArpPacket::Operation::request, socket->own_hardware(), no_address, no_hardware, address}.bytes();
    const Moment begin = boot_time();
    const Duration between = std::max(Duration::zero(), deadline.at() - begin) / probes;
    for (int sent = 0; sent < probes; ++sent) {
        if (const auto problem = socket->send(probe, everybody)) return {false, "", fmt::format("{}: {}", adapter, *problem)};
        const Moment until = begin + between * (sent + 1);
        while (boot_time() < until) {
            pollfd waiting[] = {{socket->descriptor(), POLLIN, 0}};
            poll_until(waiting, until);
            for (AddressBytes bytes = socket->receive(); !bytes.empty(); bytes = socket->receive())
                if (const auto packet = ArpPacket::parse(bytes); packet && is_conflict(*packet, address, socket->own_hardware()))
                    return {true, hardware_text(packet->sender_hardware), ""};
        }
    }
    return {};
}

void announce_arp(const std::string& adapter, const AddressBytes& address) {
    const auto socket = PacketSocket::open(adapter, ETH_P_ARP);
    if (!socket) throw Error(Error::Code::failed, socket.error(), address_text(address));
    if (!socket->has_neighbours()) return;
    const AddressBytes announcement =
        ArpPacket{ArpPacket::Operation::request, socket->own_hardware(), address, no_hardware, address}.bytes();
    for (int sent = 0; sent < announcements; ++sent)
        if (const auto problem = socket->send(announcement, everybody))
            throw Error(Error::Code::failed, fmt::format("{}: {}", adapter, *problem), address_text(address));
}

}  // namespace svcmgr
