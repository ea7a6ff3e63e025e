#include "svcmgr/action/engine_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace svcmgr {

namespace {

using Value = EngineSight::Value;

std::string let_it_do(const std::string& action, const std::string& resource) {
    if (action == "start") return fmt::format("`pcs resource enable {0}`, or `crm resource start {0}`, lets it start it", resource);
    if (action == "stop") return fmt::format("`pcs resource disable {0}`, or `crm resource stop {0}`, lets it stop it", resource);
    if (action == "switch" || action == "migrate")
        return fmt::format("`pcs resource move {0} NODE`, or `crm resource move {0} NODE`, lets it move it", resource);
    return fmt::format("`pcs resource unmanage {0}`, or `crm resource unmanage {0}`, keeps it away meanwhile", resource);
}

std::string what_it_would_do(const Request& request) {
    return request.goal == Goal::up ? "it may stop it again, start it elsewhere, or call it failed and fence this node"
                                    : "it may start it again at once, here or elsewhere";
}

Step guard_of(const Service& service, const Request& request, const EngineSight& engine) {
    Step step{.verb = "check engine", .reason = "a cluster engine that manages it decides where it runs"};
    if (engine.value == Value::absent || engine.value == Value::leaves_alone) {
        step.reason += "; here none does: " + engine.detail;
        return step;
    }
    const bool known = engine.value == Value::manages;
    const std::string what = known ? fmt::format("a cluster engine manages it ({})", engine.detail)
                                   : fmt::format("whether a cluster engine manages it is not known: {}", engine.detail);
    if (request.force)
        step.risk = taken_risk(fmt::format("{}: {}", what, what_it_would_do(request)), request.reason);
    else if (known)
        step.refusal = Error(
            Error::Code::refused, what, service.name(),
            fmt::format("{}; --force acts behind its back: {}", let_it_do(request.action, engine.resource), what_it_would_do(request)));
    else if (request.goal == Goal::up)
        step.refusal = Error(Error::Code::refused, what, service.name(),
                             fmt::format("{}; --force starts it all the same: {}", engine.remedy, what_it_would_do(request)));
    else
        step.reason += "; that is not known, and keeps nobody from stopping it: " + engine.detail;
    return step;
}

}  // namespace

bool decided_by_engine(const Service& service) {
    return service.orchestrate() == "ha";
}

bool decided_by_engine(const Service& service, const std::string& nodename) {
    const std::vector<std::string> nodes = service.nodes();
    return decided_by_engine(service) && std::ranges::find(nodes, nodename) != nodes.end();
}

bool asks_engine(const Service& service, const Request& request, const std::string& nodename) {
    const bool moves_it = (request.goal == Goal::up || request.goal == Goal::down) && request.standby != Request::Standby::only;
    return decided_by_engine(service, nodename) && moves_it && request.by == Request::By::hand;
}

std::vector<Step> engine_guards(const Service& service, const Request& request, const Observation& observation,
                                const std::string& nodename) {
    if (decided_by_engine(service, nodename) && request.by == Request::By::engine)
        return {{.verb = "check engine", .reason = "a cluster engine asks for it"}};
    if (!asks_engine(service, request, nodename)) return {};
    static const EngineSight nobody_asked{.detail = "nobody asked it", .remedy = "ask again"};
    return {guard_of(service, request, observation.engine.value_or(nobody_asked))};
}

std::string engine_finding(const EngineSight& engine) {
    std::string what;
    switch (engine.value) {
        case Value::manages: return {};
        case Value::leaves_alone: what = "the cluster engine does not manage it"; break;
        case Value::absent: what = "no cluster engine runs here"; break;
        case Value::unknown: what = "whether a cluster engine manages it is not known"; break;
    }
    return fmt::format("orchestrate = ha, and {}: {}; {}", what, engine.detail, engine.remedy);
}

}  // namespace svcmgr
