#pragma once

#include <string>
#include <vector>

#include "drivers/clock.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// How long a cluster engine has to answer before an action takes its answer for unknown.
inline constexpr Duration to_ask_engine = std::chrono::seconds(5);

/// `orchestrate = ha`.
bool decided_by_engine(const Service& service);

/// The same, of a node where an engine may run it: one of `nodes`. A drpnode is left to a person.
bool decided_by_engine(const Service& service, const std::string& nodename);

/// Whether a plan for the request depends on what a cluster engine says: a start or a stop of such a service that a person asks for.
bool asks_engine(const Service& service, const Request& request, const std::string& nodename);

/// What must be true before a service that a cluster engine decides about is started or stopped: the engine asks for it, or does not manage
/// it. Where that can't be known, a start is refused and a stop is not: a guest that is down harms nobody. --force takes the risk, with
/// its --reason where there is one.
std::vector<Step> engine_guards(const Service& service, const Request& request, const Observation& observation,
                                const std::string& nodename);

/// What is wrong with the engine of such a service, and what to do about it, as `print status` shows it; empty when nothing is.
std::string engine_finding(const EngineSight& engine);

}  // namespace svcmgr
