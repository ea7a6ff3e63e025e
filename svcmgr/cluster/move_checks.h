#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/world.h"
#include "svcmgr/action/move_plan.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/cluster/outlook.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// A look on the other node, and its own questions to its peers.
inline constexpr Duration to_foresee = std::chrono::seconds(15);

/// What the node to which a service is to move says beforehand.
struct Foreseen {
    std::optional<Outlook> outlook;
    std::optional<Error> problem;  ///< why there is none
};

/// Asks `target` with a verb of `svcmgr peer` that answers with an outlook; `input` is what the verb reads. Never throws.
Foreseen ask_outlook(World world, const Node& node, const std::string& service, const std::string& target, const Argv& words,
                     std::string_view input = {});

// What is made of it, before anything is changed.

MoveCheck check_of_target(const Foreseen& foreseen, const std::string& target);
enum class OtherConfig { refuses, is_a_risk };
/// `own` is mark_of() this node's env file.
MoveCheck check_of_config(const Foreseen& foreseen, const std::string& target, const std::string& own, const Service& service,
                          OtherConfig other);
/// No other node may run it.
MoveCheck check_of_others(const std::map<std::string, PeerInstance>& peers, const std::string& target, const Service& service);

/// Has `peer` do something by `svcmgr peer WORDS…`, which `what` names for messages ("start"), and passes on what it says. Throws Error.
void act_on_peer(const Node& node, const std::string& service, const std::string& peer, const Argv& words, std::string_view what,
                 Doing& doing);

}  // namespace svcmgr
