#pragma once

#include <string>

#include "drivers/options.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// A list of nodes with the labels in it, as in "role=controller node200", replaced by the nodes that have them, in the order of their
/// names. Which have, node.conf says (Node::labels). Throws Error `invalid`, with `place`, for a label that no node has.
std::string stated_nodes(const std::string& list, const Node& node, const Place& place);

}  // namespace svcmgr
