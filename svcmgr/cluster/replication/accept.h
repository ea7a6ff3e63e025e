#pragma once

#include <string>

#include "drivers/world.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// A file of a service that another node has. All of it is foreign bytes.
struct Offer {
    std::string service;
    std::string from;      ///< the node that has it
    std::string file;      ///< its name among the nodes: "env" … (service_files.h)
    std::string expected;  ///< FileState::identity of what is thought to be here; empty: nothing
    std::string digest;    ///< of `content`
    std::uint32_t mode = 0;
    std::string content;
    /// Whether it is brought back by a person's word: then it may come from a drpnode.
    enum class Occasion { replication, coming_back } occasion = Occasion::replication;
};

/// Puts the file in its place on this node, as a whole: after a crash it is the old one or the new one. What it replaces is kept in
/// STATE/replaced/SERVICE, the last one of each file. Throws Error `refused`, and then nothing has changed, when
/// - the name is none of the service's files here, or a link is in its place,
/// - the content is not the announced one, or what is here is not what the peer thinks,
/// - an env file would not be one that this node can use: it has errors that the present one has not, does not name this node, or comes
/// from
///   a node that it does not name or that the present one calls a drpnode.
void accept_file(World world, const Paths& paths, const Node& node, const Offer& offer);

/// The same for a launcher that was removed where it came from; `digest`, `mode` and `content` do not count.
void accept_removal(World world, const Paths& paths, const Node& node, const Offer& offer);

/// Refuses, as the two above do, what comes from a drpnode of the service, or from a node that its env file here does not know.
void check_source(World world, const Paths& paths, const Node& node, const std::string& service, const std::string& from);

}  // namespace svcmgr
