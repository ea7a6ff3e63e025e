#pragma once

#include "drivers/ssh/ssh.h"
#include "svcmgr/command/command.h"

namespace svcmgr {

/// Lets a peer accept svcmgr's own key, which is made when there is none: by `svcmgr node accept` there, where the caller may log in; else
/// the command to give there is in the Error (`unreachable`) that it throws. Returns an exit code.
int be_accepted(Context& context, const SshTarget& target);

/// `node accept`: writes the key of another node to authorized_keys, for `svcmgr peer` only.
int run_accept(Context& context);

}  // namespace svcmgr
