#pragma once

#include "drivers/process/processes.h"
#include "drivers/ssh/ssh.h"
#include "svcmgr/cluster/replication/home.h"

namespace svcmgr {

/// ssh(1) with what svcmgr's own connections have: its known_hosts and nothing else, keys only, no questions. Host and command follow.
Argv ssh_program(const ReplicaHome& home, const SshTarget& target);

}  // namespace svcmgr
