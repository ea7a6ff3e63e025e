#pragma once

#include <vector>

#include "drivers/clock.h"
#include "drivers/files/files.h"
#include "drivers/ssh/ssh.h"
#include "drivers/world.h"

namespace svcmgr {

/// What is the same for all connections; user and port belong to the target.
struct SshSettings {
    Path known_hosts;   ///< svcmgr's own file; the user's and the system's are never read
    Path own_key = {};  ///< svcmgr's own private key, which is tried before all others when the file exists; empty: none
    /// Private keys, tried in this order. Empty: id_ed25519, id_ecdsa and id_rsa, those that exist, in the caller's ~/.ssh.
    std::vector<Path> identities;
    Duration connect_timeout = std::chrono::seconds(10);  ///< for the TCP connection alone; the caller's deadline bounds everything
};

/// What the module svcmgr-ssh.so exports under the name `svcmgr_make_ssh`. The caller owns the result.
using MakeSsh = Ssh* (*)(const World&, const SshSettings&);

}  // namespace svcmgr
