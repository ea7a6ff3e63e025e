#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "drivers/engine/cib.h"
#include "drivers/world.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// How long a service's agent may need for each operation of a cluster engine, in whole seconds.
struct EngineTimes {
    Duration start{};
    Duration stop{};
    Duration monitor{};
    std::optional<Duration> migrate_to;  ///< nothing when its guest can't move while it runs
    std::string unknown = {};            ///< why nobody knows whether it can; empty when it is known

    /// Enough on either of two nodes, and for a move between them.
    EngineTimes with(const EngineTimes& other) const;
};

/// Made of the deadlines of the plans that start, stop and migrate it where all of it is down, or up: of their steps together, as many as
/// may wait for each other, and of what comes before the first of them. Asks hypervisors what they are able to do, and nothing else.
EngineTimes engine_times(World world, const Node& node, const Service& service);

/// A service as its engine is to know it: what all its nodes say.
struct EngineService {
    std::string name;
    std::vector<std::string> nodes;  ///< in order; drpnodes are none
    EngineTimes times;
    /// The other services that `parents` and its like name, by the keyword.
    std::map<std::string, std::vector<std::string>> others;
};

/// What an engine is to be told.
struct EngineConfig {
    std::vector<CibResource> resources;
    CibConstraints constraints;
    std::vector<std::string> remarks;  ///< what it can't be told, for people
    /// The services that constraints may name, by the ids of their resources: chosen or not.
    std::map<std::string, std::string> services = {};
};

/// The configuration of those that are `chosen`, in the order of their names, whatever the order of `all` is. Constraints are those that
/// the env files of the chosen state. Ids are NCNames, and the same as long as the names are.
EngineConfig engine_config(const std::vector<EngineService>& all, const std::set<std::string>& chosen);

/// Something that the engine has otherwise than the env files.
struct EngineDifference {
    std::string service;
    std::string kind;    ///< "missing", "leftover", "double", "timeout", "meta", "location", "order", "colocation"
    std::string what;    ///< "timeout of start", "score for node1"
    std::string wanted;  ///< empty: nothing
    std::string found;   ///< empty: nothing
};

/// Of the chosen services, whether they are `wanted` still or not. What the engine has of other resources, and what no env file speaks of
/// (target-role, on-fail), is nobody's difference.
std::vector<EngineDifference> engine_differences(const EngineConfig& wanted, const Cib& cib, const std::set<std::string>& chosen);

/// The services that resources of an engine name.
std::set<std::string> services_in(const Cib& cib);

}  // namespace svcmgr
