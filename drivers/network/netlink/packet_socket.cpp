#include "drivers/network/netlink/packet_socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "drivers/network/errors.h"

namespace svcmgr {

namespace {

constexpr std::size_t hardware_length = 6;

ifreq request_for(const std::string& adapter) {
    ifreq request{};
    std::memcpy(request.ifr_name, adapter.c_str(), std::min(adapter.size(), sizeof request.ifr_name - 1));
    return request;
}

}  // namespace

tl::expected<PacketSocket, std::string> PacketSocket::open(const std::string& adapter, std::uint16_t protocol) {
    const auto failed = [&] { return tl::unexpected(fmt::format("{}: {}", adapter, network_reason(errno))); };
    PacketSocket socket;
    socket.protocol_ = protocol;
    socket.descriptor_ = Descriptor(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.descriptor_) return failed();
    ifreq request = request_for(adapter);
    if (::ioctl(socket.descriptor(), SIOCGIFINDEX, &request) != 0) return failed();
    socket.index_ = request.ifr_ifindex;
    request = request_for(adapter);
    if (::ioctl(socket.descriptor(), SIOCGIFFLAGS, &request) != 0) return failed();
    const bool speaks_arp = (request.ifr_flags & (IFF_NOARP | IFF_LOOPBACK)) == 0;
    request = request_for(adapter);
    if (::ioctl(socket.descriptor(), SIOCGIFHWADDR, &request) != 0) return failed();
    socket.has_neighbours_ = speaks_arp && request.ifr_hwaddr.sa_family == ARPHRD_ETHER;
    const auto* hardware = reinterpret_cast<const std::uint8_t*>(request.ifr_hwaddr.sa_data);
    socket.hardware_.assign(hardware, hardware + hardware_length);

    sockaddr_ll here{};
    here.sll_family = AF_PACKET;
    here.sll_protocol = htons(protocol);
    here.sll_ifindex = socket.index_;
    if (::bind(socket.descriptor(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) return failed();
    return socket;
}

std::optional<std::string> PacketSocket::send(std::span<const std::uint8_t> packet, const AddressBytes& to) const {
    sockaddr_ll there{};
    there.sll_family = AF_PACKET;
    there.sll_protocol = htons(protocol_);
    there.sll_ifindex = index_;
    there.sll_halen = hardware_length;
    std::copy(to.begin(), to.end(), there.sll_addr);
    const ssize_t count =
        ::sendto(descriptor_.get(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&there), sizeof there);
    return count < 0 ? std::optional(network_reason(errno)) : std::nullopt;
}

AddressBytes PacketSocket::receive() const {
    std::array<std::uint8_t, 2048> buffer;
    const ssize_t count = ::recv(descriptor_.get(), buffer.data(), buffer.size(), 0);
    return count <= 0 ? AddressBytes() : AddressBytes(buffer.begin(), buffer.begin() + count);
}

}  // namespace svcmgr
