#include "svcmgr/cluster/replication/peer_ssh.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

Argv ssh_program(const ReplicaHome& home, const SshTarget& target) {
    const Options section = home.node.section("ssh");
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(section.duration("connect_timeout")).count();
    Argv argv{"ssh"};
    for (const std::string& option :
         {std::string("BatchMode=yes"), std::string("StrictHostKeyChecking=yes"), "UserKnownHostsFile=" + home.paths.known_hosts,
          std::string("GlobalKnownHostsFile=/dev/null"), fmt::format("ConnectTimeout={}", std::max<std::int64_t>(1, seconds))})
        argv.insert(argv.end(), {"-o", option});
    argv.insert(argv.end(), {"-p", std::to_string(target.port), "-l", target.user});
    for (const std::string& identity : section.list("identity")) argv.insert(argv.end(), {"-i", identity});
    if (!section.list("identity").empty()) argv.insert(argv.end(), {"-o", "IdentitiesOnly=yes"});
    return argv;
}

}  // namespace svcmgr
