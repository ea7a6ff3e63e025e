#include "svcmgr/cluster/engine_sight.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

using Value = EngineSight::Value;

const CibResource* resource_for(const Cib& cib, const std::string& service) {
    const auto found = std::ranges::find_if(cib.resources, [&](const CibResource& resource) { return service_of(resource) == service; });
    return found == cib.resources.end() ? nullptr : &*found;
}

EngineSight sight_in(const Cib& cib, const std::string& service, const std::string& nodename) {
    const CibResource* resource = resource_for(cib, service);
    if (resource == nullptr)
        return {Value::leaves_alone, "", "it has no resource for it",
                fmt::format("`svcmgr cluster export -s {}` writes one, or let orchestrate be start or no", service)};
    const bool node_is_left_alone = std::ranges::find(cib.maintained_nodes, nodename) != cib.maintained_nodes.end();
    const std::string why = node_is_left_alone ? fmt::format("maintenance = true for {}", nodename) : resource->unmanaged;
    if (why.empty()) return {Value::manages, resource->id, "its resource " + resource->id, ""};
    return {Value::leaves_alone, resource->id, fmt::format("{}, of its resource {}", why, resource->id),
            "until that is taken back nobody starts it when it fails"};
}

}  // namespace

std::string service_of(const CibResource& resource) {
    const auto service = resource.parameters.find("service");
    return resource.agent == service_agent && service != resource.parameters.end() ? service->second : "";
}

EngineSight engine_sight(const EngineAnswer& answer, const std::string& service, const std::string& nodename) {
    using State = EngineAnswer::State;
    switch (answer.state) {
        case State::answers: return sight_in(answer.cib, service, nodename);
        case State::not_installed:
            return {Value::absent, "", answer.reason, "install pacemaker and let it manage it, or let orchestrate be start or no"};
        case State::not_running: return {Value::absent, "", answer.reason, "start pacemaker, or let orchestrate be start or no"};
        case State::unknown: break;
    }
    return {Value::unknown, "", answer.reason, "see what keeps pacemaker from answering: crm_mon -1"};
}

}  // namespace svcmgr
