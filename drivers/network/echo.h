#pragma once

#include <netinet/in.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/descriptor.h"

namespace svcmgr {

enum class EchoProtocol { icmp, icmpv6 };  ///< RFC 792, RFC 4443

/// What tells our echo requests, and so the replies to them, from everybody else's.
struct EchoMark {
    std::uint16_t identifier = 0;
    std::array<std::byte, 16> token{};  ///< random

    static EchoMark random();
};

/// A request as it goes over the wire; 64 bytes, as ping(8) sends.
std::vector<std::byte> echo_request(EchoProtocol protocol, const EchoMark& mark, std::uint16_t sequence);

/// Which fields of a received packet to trust: a ping socket has its identifier given and checked by the kernel and hands over the message
/// alone; a raw IPv4 socket hands over the IP header too, and replies to everybody.
enum class EchoSocketKind { ping, raw };

/// Whether `packet`, as received, is a reply to one of our requests 1 to `last_sequence`.
bool is_reply(EchoProtocol protocol, EchoSocketKind kind, std::span<const std::byte> packet, const EchoMark& mark,
              std::uint16_t last_sequence);

/// Echo requests to one address.
class EchoSocket {
public:
    /// Unprivileged ping sockets where the system allows them (sysctl net.ipv4.ping_group_range), else raw ones, which need root.
    /// The reason when neither can be had or there is no route.
    static tl::expected<EchoSocket, std::string> open(const std::string& address);

    int descriptor() const { return socket_.get(); }
    /// Sends the next request; the reason when that is not possible now.
    tl::expected<void, std::string> send();

    struct Received {
        bool reply = false;
        std::string error;  ///< what the network or the kernel said of our requests: "host is unreachable …"; empty for nothing
    };
    /// Takes everything that has come in; does not wait.
    Received receive();

private:
    EchoSocket(Descriptor socket, EchoProtocol protocol, EchoSocketKind kind);

    Descriptor socket_;
    EchoProtocol protocol_;
    EchoSocketKind kind_;
    EchoMark mark_ = EchoMark::random();
    std::uint16_t sequence_ = 0;
};

}  // namespace svcmgr
