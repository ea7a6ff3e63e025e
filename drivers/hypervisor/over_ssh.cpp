#include "drivers/hypervisor/over_ssh.h"

#include <fmt/format.h>

namespace svcmgr {

SshOutcome run_over_ssh(Ssh& ssh, const Guest& guest, const Argv& argv, Deadline deadline) {
    if (guest.windows) {
        SshOutcome outcome;
        outcome.reason = fmt::format("nothing can be run inside {}: its env file says that it runs Windows", guest.name);
        return outcome;
    }
    SshTarget target;
    target.host = guest.hostname;
    target.user = guest.ssh_user;
    target.port = guest.ssh_port;
    return ssh.run(target, argv, deadline);
}

}  // namespace svcmgr
