#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/world.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/cluster/peers.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

/// Something that a start on a node would need, and what a drill saw of it.
struct DrillCheck {
    enum class Result {
        fine,
        noted,    ///< keeps no start away, and is worth knowing
        unknown,  ///< nobody could tell
        missing,  ///< a start would be refused because of it, or fail
    };
    std::string name;  ///< "frozen", "peer node2", "container#1", "container#1 bridge br0"
    Result result = Result::fine;
    std::string reason = {};  ///< what was looked at, or what is wrong: a sentence
    std::string hint = {};    ///< what to do about it
};
std::string_view to_string(DrillCheck::Result result) noexcept;

/// Whether a node could start a service: what it says of itself, or why it said nothing.
struct NodeDrill {
    enum class Answer { possible, impossible, unknown };

    bool runs = false;   ///< it runs there now
    std::string config;  ///< mark_of() its env file there; empty when that is not known
    std::vector<DrillCheck> checks;

    Answer answer() const;
};
std::string_view to_string(NodeDrill::Answer answer) noexcept;

/// The check of what a node answered at all; the only one of a node that did not.
inline constexpr std::string_view check_of_answer = "answer";
inline constexpr std::string_view check_of_env_file = "env file";

/// A service on all nodes that may run it.
struct ServiceDrill {
    WallTime drilled;
    std::map<std::string, NodeDrill> nodes;

    bool possible_everywhere() const;
};

/// What a start on this node would need, as it is now, by service; where another node runs one: once that node has stopped it, as the
/// services' other nodes said what runs there. They are looked at side by side. Takes no lock, writes nothing and never throws.
std::map<std::string, NodeDrill> drill_here(World world, const Paths& paths, const Node& node, const std::vector<LoadedService>& services,
                                            const InstancesByService& what_runs);

/// Of a service whose env file can't be used at all.
NodeDrill drill_without_env_file(const Error& why);

}  // namespace svcmgr
