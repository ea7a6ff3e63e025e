#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/command/command.h"

namespace svcmgr {

/// Something that a peer can ask this node for, by `svcmgr peer WORD …` and nothing else: whoever steals a peer's key can do just these.
/// What it is given comes from another machine: each verb checks all of it.
struct PeerVerb {
    std::string_view word;
    std::string_view arguments;
    std::string_view text;  ///< what it does, in a few words
    int (*run)(Context&, const std::vector<std::string>& arguments) = nullptr;
};

/// For what is as much as root can do: throws Error `refused` when sshd runs this for a key that is limited to `svcmgr peer`, unless the
/// flag `leave` in [node] of node.conf gives it leave. `refusal` is what the node does not do ("takes no files"), and `hint` goes on after
/// "set LEAVE = true in node.conf there".
void check_leave(Context& context, std::string_view leave, std::string_view refusal, std::string_view hint);

// One function a family, each in its own file.
std::vector<PeerVerb> peer_look_verbs();
std::vector<PeerVerb> peer_drill_verbs();
std::vector<PeerVerb> peer_act_verbs();
std::vector<PeerVerb> peer_reservation_verbs();
std::vector<PeerVerb> peer_migration_verbs();
std::vector<PeerVerb> peer_replica_verbs();
std::vector<PeerVerb> peer_data_verbs();

}  // namespace svcmgr
