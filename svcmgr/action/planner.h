#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "drivers/scsi/key.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What the user asked for.
struct Request {
    std::string action;  ///< "start", "stopcontainer" …
    Goal goal = Goal::up;
    std::optional<std::set<Group>> groups;  ///< none: all
    std::optional<std::set<Rid>> rids;      ///< none: all
    bool force = false;
    std::string reason = {};                     ///< --reason
    std::set<ReservationKey> foreign_keys = {};  ///< --force-foreign-key
    /// --fenced: nodes of which the caller knows that they run nothing as long as they do not answer.
    std::set<std::string> fenced = {};
    enum class Standby {
        kept,      ///< a stop leaves standby resources up
        included,  ///< it stops them, too
        only,      ///< the action is about them alone
    } standby = Standby::kept;
    /// Of a replication: which peers get the data.
    enum class Targets { all, nodes, drpnodes } targets = Targets::all;
    /// The peer that stops it before this start begins: what runs there, or answers from there, is no obstacle. Empty: nobody.
    std::string takes_over_from = {};
    /// The peer that has seen it stop a moment ago, for this start: it is asked like all others, and its addresses are not waited for.
    std::string stopped_on = {};
    /// Who asks for it, where a cluster engine decides about the service (`orchestrate = ha`).
    enum class By {
        hand,    ///< a person, or what a person has set up
        engine,  ///< the engine's agent: --by-engine
        mover,   ///< an action that has been through the guard itself, on this node or on a peer
        healer,  ///< `status --heal`: it repairs what is `unready`, and neither starts nor stops anything
    } by = By::hand;
};

/// What the node is like, as guards need it.
struct NodeFacts {
    std::string nodename;
    std::string host_mode;
};

/// The usual duration of a step, nothing when not known.
using Usual = std::function<std::optional<Duration>(const Rid&, const std::string& verb)>;

/// Service + request + observation -> plan. A pure function: asks nobody, changes nothing.
Plan make_plan(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node,
               const Usual& usual = {});

}  // namespace svcmgr
