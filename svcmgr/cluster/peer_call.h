#pragma once

#include <string>

#include "drivers/ssh/ssh.h"
#include "drivers/world.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

/// How a peer is reached: `ruser` and the ssh port of node.conf.
SshTarget peer_target(const Node& node, const std::string& peer);

/// Runs `svcmgr peer WORDS…` on a peer: the only command that svcmgr runs there, so that its key can be limited to it. `input` of `talk` is
/// what the peer's command reads; its stderr is progress for people. Never throws.
SshOutcome call_peer(World world, const Node& node, const std::string& peer, const Argv& words, Deadline deadline, const SshTalk& talk = {},
                     const CommandLimits& limits = {});

/// An instance of which nothing is known, and why.
PeerInstance no_instance(PeerInstance::Answer answer, std::string reason);

/// Of a peer whose answer this svcmgr can't read.
PeerInstance no_instance(const std::string& peer, const NoReport& why);

/// Why a question was not answered, told apart as what to do next differs; `given` when the peer's svcmgr ended well.
PeerInstance call_problem(const std::string& peer, const SshOutcome& outcome);

}  // namespace svcmgr
