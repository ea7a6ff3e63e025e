#pragma once

#include <string>
#include <string_view>

#include "drivers/engine/engine.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

/// The agent by which a cluster engine runs services (`share/ocf`); its parameter `service` names one.
inline constexpr std::string_view service_agent = "ocf:svcmgr:service";

/// The service that a resource of an engine runs; empty when it is of another agent.
std::string service_of(const CibResource& resource);

/// What an engine's answer means for a service on a node.
EngineSight engine_sight(const EngineAnswer& answer, const std::string& service, const std::string& nodename);

}  // namespace svcmgr
