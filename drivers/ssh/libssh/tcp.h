#pragma once

#include <string>

#include <tl/expected.hpp>

#include "drivers/descriptor.h"
#include "drivers/ssh/libssh/patience.h"
#include "drivers/ssh/ssh.h"
#include "drivers/world.h"

namespace svcmgr {

struct TcpConnection {
    Descriptor socket;    ///< connected, not blocking, without Nagle's delay
    std::string address;  ///< numeric: the one of the host's addresses that answered
};

/// Connects to the first of the host's addresses that accepts. They are tried in the resolver's order, each a quarter of a second after the
/// one before or as soon as that has failed (RFC 8305, 5), so that one silent address does not use up the time. Failures are `unresolved`,
/// `unreachable` with what each address said, `refused` when all of them said so, or `interrupted`; an address that does not answer within
/// `timeout` is unreachable. A connection breaks when the other machine has sent nothing for 30 s, keepalives (RFC 9293, 3.8.4) included.
tl::expected<TcpConnection, SshOutcome> connect_tcp(const World& world, const SshTarget& target, const Patience& patience,
                                                    Duration timeout);

/// How messages name a server: "vm188 (10.0.3.17 port 22)".
std::string describe_server(const SshTarget& target, const std::string& address);

}  // namespace svcmgr
