#pragma once

#include <string>

#include <tl/expected.hpp>

#include "drivers/ssh/libssh/handles.h"
#include "drivers/ssh/libssh/patience.h"
#include "drivers/ssh/ssh.h"
#include "drivers/world.h"

namespace svcmgr {

/// An encrypted connection to somebody who showed a key; whether it is the right one is for the caller to judge.
struct Transport {
    SessionHandle session;  ///< not blocking
    std::string address;
    HostKey key;
};

/// Resolves, connects and negotiates. `host_keys` is libssh's list of host key algorithms. Failures are `unresolved`, `unreachable`,
/// `timed_out` (connected, and then not a word, or not to the end) or `interrupted`.
tl::expected<Transport, SshOutcome> open_transport(const World& world, const SshTarget& target, const std::string& host_keys,
                                                   Duration connect_timeout, const Patience& patience);

/// Waits a tick for whatever libssh waits for on the session's socket.
void wait_for_session(ssh_session session, const Patience& patience);

}  // namespace svcmgr
