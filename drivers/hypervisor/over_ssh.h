#pragma once

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr {

/// Runs a command in a guest whose technology has no means of its own: as the guest's user, at its hostname. Nothing is run in Windows.
SshOutcome run_over_ssh(Ssh& ssh, const Guest& guest, const Argv& argv, Deadline deadline);

}  // namespace svcmgr
