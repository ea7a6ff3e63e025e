#include "drivers/network/echo.h"

#include <linux/errqueue.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "drivers/network/errors.h"

namespace svcmgr {

namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t request_size = 64;

std::uint16_t read16(std::span<const std::byte> bytes, std::size_t at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8 | std::to_integer<unsigned>(bytes[at + 1]));
}

void write16(std::span<std::byte> bytes, std::size_t at, std::uint16_t value) {
    bytes[at] = std::byte(value >> 8);
    bytes[at + 1] = std::byte(value & 0xff);
}

/// RFC 1071.
std::uint16_t internet_checksum(std::span<const std::byte> bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += read16(bytes, i);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;
    EchoProtocol protocol = EchoProtocol::icmp;
};

tl::expected<Address, std::string> parse(const std::string& text) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* list = nullptr;
    if (::getaddrinfo(text.c_str(), nullptr, &hints, &list) != 0) return tl::unexpected(text + " is no address");
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
    Address address;
    std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.length = list->ai_addrlen;
    address.protocol = list->ai_family == AF_INET6 ? EchoProtocol::icmpv6 : EchoProtocol::icmp;
    return address;
}

Descriptor open_socket(EchoProtocol protocol, EchoSocketKind kind) {
    const int type = (kind == EchoSocketKind::ping ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC | SOCK_NONBLOCK;
    return Descriptor(protocol == EchoProtocol::icmpv6 ? ::socket(AF_INET6, type, IPPROTO_ICMPV6) : ::socket(AF_INET, type, IPPROTO_ICMP));
}

/// The answers of routers ("host unreachable") are queued for us instead of being dropped.
void ask_for_errors(const Descriptor& socket, EchoProtocol protocol) {
    const int on = 1;
    if (protocol == EchoProtocol::icmpv6)
        ::setsockopt(socket.get(), SOL_IPV6, IPV6_RECVERR, &on, sizeof on);
    else
        ::setsockopt(socket.get(), SOL_IP, IP_RECVERR, &on, sizeof on);
}

int queued_error(const msghdr& message) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(const_cast<msghdr*>(&message), part)) {
        bool error = (part->cmsg_level == SOL_IP && part->cmsg_type == IP_RECVERR) ||
                     (part->cmsg_level == SOL_IPV6 && part->cmsg_type == IPV6_RECVERR);
        if (!error) continue;
        sock_extended_err details;
        std::memcpy(&details, CMSG_DATA(part), sizeof details);
        return static_cast<int>(details.ee_errno);
    }
    return 0;
}

/// Empties the queue: as long as something is in it, poll reports the socket. Returns the last error, 0 when there was none.
int take_queued_errors(int socket) {
    int last = 0;
    while (true) {
        alignas(cmsghdr) char control[512];
        char data[128];
        iovec buffer{data, sizeof data};
        msghdr message{};
        message.msg_iov = &buffer;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        if (::recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return last;
        if (int error = queued_error(message); error != 0) last = error;
    }
}

}  // namespace

EchoMark EchoMark::random() {
    EchoMark mark;
    // Up to 256 bytes getrandom is never interrupted and never short (random(7)).
    (void)!::getrandom(&mark.identifier, sizeof mark.identifier, 0);
    (void)!::getrandom(mark.token.data(), mark.token.size(), 0);
    return mark;
}

std::vector<std::byte> echo_request(EchoProtocol protocol, const EchoMark& mark, std::uint16_t sequence) {
    std::vector<std::byte> packet(request_size);
    packet[0] = std::byte(protocol == EchoProtocol::icmp ? ICMP_ECHO : ICMP6_ECHO_REQUEST);
    write16(packet, 4, mark.identifier);
    write16(packet, 6, sequence);
    std::copy(mark.token.begin(), mark.token.end(), packet.begin() + header_size);
    // The kernel computes ICMPv6's, which covers addresses that only it knows.
    if (protocol == EchoProtocol::icmp) write16(packet, 2, internet_checksum(packet));
    return packet;
}

bool is_reply(EchoProtocol protocol, EchoSocketKind kind, std::span<const std::byte> packet, const EchoMark& mark,
              std::uint16_t last_sequence) {
    if (protocol == EchoProtocol::icmp && kind == EchoSocketKind::raw) {
        if (packet.empty()) return false;
        const std::size_t ip_header = (std::to_integer<std::size_t>(packet[0]) & 0x0f) * 4;
        if (ip_header < 20 || ip_header > packet.size()) return false;
        packet = packet.subspan(ip_header);
    }
    if (packet.size() < header_size + mark.token.size()) return false;
    const auto reply = std::byte(protocol == EchoProtocol::icmp ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY);
    if (packet[0] != reply || packet[1] != std::byte(0)) return false;
    if (kind == EchoSocketKind::raw && read16(packet, 4) != mark.identifier) return false;
    const std::uint16_t sequence = read16(packet, 6);
    if (sequence == 0 || sequence > last_sequence) return false;
    return std::equal(mark.token.begin(), mark.token.end(), packet.begin() + header_size);
}

EchoSocket::EchoSocket(Descriptor socket, EchoProtocol protocol, EchoSocketKind kind)
    : socket_(std::move(socket)), protocol_(protocol), kind_(kind) {}

tl::expected<EchoSocket, std::string> EchoSocket::open(const std::string& text) {
    auto address = parse(text);
    if (!address) return tl::unexpected(address.error());
    EchoSocketKind kind = EchoSocketKind::ping;
    Descriptor socket = open_socket(address->protocol, kind);
    if (!socket) {
        kind = EchoSocketKind::raw;
        socket = open_socket(address->protocol, kind);
    }
    if (!socket && (errno == EPERM || errno == EACCES))
        return tl::unexpected<std::string>("permission denied: only root and the groups in sysctl net.ipv4.ping_group_range may ping");
    if (!socket) return tl::unexpected(network_reason(errno));
    ask_for_errors(socket, address->protocol);
    // Connected, so that the kernel hands over what comes from this address only.
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address->storage), address->length) != 0)
        return tl::unexpected(network_reason(errno));
    return EchoSocket(std::move(socket), address->protocol, kind);
}

tl::expected<void, std::string> EchoSocket::send() {
    ++sequence_;
    auto packet = echo_request(protocol_, mark_, sequence_);
    // An error of an earlier request is reported here first, once; this one was not sent then.
    int error = 0;
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) >= 0) return {};
        error = errno;
        if (take_queued_errors(socket_.get()) == 0) break;
    }
    return tl::unexpected(network_reason(error));
}

EchoSocket::Received EchoSocket::receive() {
    Received received;
    while (true) {
        std::array<std::byte, 512> packet;
        ssize_t size = ::recv(socket_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        if (size < 0) {
            if (errno == EINTR) continue;
            received.error = network_reason(errno);
            if (take_queued_errors(socket_.get()) == 0) break;
            continue;
        }
        if (is_reply(protocol_, kind_, std::span(packet).first(static_cast<std::size_t>(size)), mark_, sequence_)) received.reply = true;
    }
    if (int error = take_queued_errors(socket_.get()); error != 0) received.error = network_reason(error);
    return received;
}

}  // namespace svcmgr
