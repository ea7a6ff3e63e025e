#pragma once

#include <string>
#include <vector>

#include "svcmgr/command/command.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// Whether peers may ask for a command: it takes --node.
bool for_peers(const Command& command);
/// The options of a line as a peer's `svcmgr peer act` takes them. Throws Error `invalid` for one that no peer takes.
std::vector<std::string> options_for_peer(const CommandLine& line);

/// Lets a peer do an action on a service: `words` are options, then the action's own. What it prints is shown as it comes. Returns its exit
/// code. Throws Error `unreachable` when nobody can say how it ended.
int act_on_peer(Context& context, const std::string& service, const std::string& peer, std::vector<std::string> options,
                const std::vector<std::string>& action);

/// Throws Error `invalid` unless `node` is another node of the service.
void check_peer(Context& context, const Service& service, const std::string& node);

}  // namespace svcmgr
