#include "drivers/network/netlink/announcements.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "drivers/descriptor.h"
#include "drivers/error.h"
#include "drivers/network/errors.h"
#include "drivers/network/netlink/packet_socket.h"

namespace svcmgr {

namespace {

constexpr int from_the_link = 255;  // a hop limit that no router lets through

sockaddr_in6 socket_address(const AddressBytes& address, unsigned adapter) {
    sockaddr_in6 result{};
    result.sin6_family = AF_INET6;
    result.sin6_scope_id = adapter;
    std::ranges::copy(address, result.sin6_addr.s6_addr);
    return result;
}

AddressBytes advertisement(const AddressBytes& address, const AddressBytes& hardware) {
    AddressBytes bytes{ND_NEIGHBOR_ADVERT, 0, 0, 0, 0x20 /* override */, 0, 0, 0};  // the kernel writes the checksum
    bytes.insert(bytes.end(), address.begin(), address.end());
    bytes.insert(bytes.end(), {ND_OPT_TARGET_LINKADDR, 1});  // one unit of 8 bytes
    bytes.insert(bytes.end(), hardware.begin(), hardware.end());
    return bytes;
}

}  // namespace

void advertise_neighbour(const std::string& adapter, const AddressBytes& address) {
    const auto fail = [&] {
        throw Error(Error::Code::failed, fmt::format("{}: {}", adapter, network_reason(errno)), address_text(address));
    };
    const auto link = PacketSocket::open(adapter, ETH_P_IPV6);
    if (!link) throw Error(Error::Code::failed, link.error(), address_text(address));
    if (!link->has_neighbours()) return;

    const unsigned index = ::if_nametoindex(adapter.c_str());
    const Descriptor socket(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6));
    if (!socket) fail();
    const sockaddr_in6 from = socket_address(address, index);
    if (::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &from_the_link, sizeof from_the_link) != 0 ||
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index) != 0 ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
        fail();
    const sockaddr_in6 all_nodes = socket_address({0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, index);
    const AddressBytes packet = advertisement(address, link->own_hardware());
    if (::sendto(socket.get(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&all_nodes), sizeof all_nodes) < 0)
        fail();
}

}  // namespace svcmgr
