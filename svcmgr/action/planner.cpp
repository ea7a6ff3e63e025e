#include "svcmgr/action/planner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <span>

#include "resources/triggers.h"

namespace svcmgr {

namespace {

/// The order of start (design.md 4); stop is the reverse. A guest's own resources come after its container whatever their group.
constexpr Group start_order[] = {Group::ip, Group::disk, Group::fs, Group::share, Group::container, Group::app};

constexpr Group run_order[] = {Group::task};

std::span<const Group> groups_for(Goal goal) {
    if (goal == Goal::run) return run_order;
    return start_order;
}

using Layer = std::vector<const Resource*>;

/// A layer in the order of its resources' places, those of a stop last first: it is about to be reversed.
std::vector<Layer> by_place(const Layer& layer, Goal goal) {
    std::map<int, Layer> places;
    for (const Resource* resource : layer) places[goal == Goal::down ? -resource->place(goal) : resource->place(goal)].push_back(resource);
    std::vector<Layer> layers;
    layers.reserve(places.size());
    for (auto& [place, resources] : places) layers.push_back(std::move(resources));
    return layers;
}

/// Resources that may go at the same time, layer after layer, in the order of start.
std::vector<Layer> layers_of(const Service& service, Goal goal) {
    std::vector<Layer> on_node;
    std::vector<Layer> in_guest;
    for (const Group group : groups_for(goal)) {
        Layer node_layer;
        Layer guest_layer;
        for (const auto& resource : service.resources()) {
            if (resource->group() != group) continue;
            (resource->carrier() ? guest_layer : node_layer).push_back(resource.get());
        }
        std::ranges::move(by_place(node_layer, goal), std::back_inserter(on_node));
        if (!guest_layer.empty()) in_guest.push_back(std::move(guest_layer));
    }
    // Whatever the node carries that must come after the containers (apps of the host) does not wait for the guests' own resources.
    std::vector<Layer> layers = std::move(on_node);
    std::ranges::move(in_guest, std::back_inserter(layers));
    return layers;
}

class Planner {
public:
    Planner(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node, const Usual& usual)
        : service_(service), request_(request), observation_(observation), node_(node), usual_(usual) {
        plan_.service = service.name();
        plan_.action = request.action;
    }

    Plan make() {
        guard_membership();
        guard_host_mode();
        guard_frozen();
        std::vector<Layer> layers = layers_of(service_, request_.goal);
        if (request_.goal == Goal::down) std::ranges::reverse(layers);
        decide(layers);
        add_resource_guards(layers);
        add_steps(layers);
        return std::move(plan_);
    }

private:
    bool wanted(const Resource& resource) const {
        if (request_.groups && !request_.groups->contains(resource.group())) return false;
        return !request_.rids || request_.rids->contains(resource.rid());
    }

    const ResourceObservation& seen(const Resource& resource) const {
        static const ResourceObservation never_looked_at;
        const auto found = observation_.resources.find(resource.rid());
        return found == observation_.resources.end() ? never_looked_at : found->second;
    }

    // --- guards

    void add_guard(const Rid& rid, std::string verb, std::string reason, std::optional<Error> refusal) {
        Step step;
        step.id = static_cast<int>(plan_.steps.size()) + 1;
        step.rid = rid;
        step.verb = std::move(verb);
        step.reason = std::move(reason);
        step.refusal = std::move(refusal);
        if (step.id > 1) step.after.push_back(step.id - 1);
        plan_.steps.push_back(std::move(step));
    }

    void guard_membership() {
        const std::vector<std::string> nodes = service_.nodes();
        const std::vector<std::string> drpnodes = service_.drpnodes();
        const bool member =
            std::ranges::find(nodes, node_.nodename) != nodes.end() || std::ranges::find(drpnodes, node_.nodename) != drpnodes.end();
        std::optional<Error> refusal;
        if (!member)
            refusal = Error(Error::Code::refused,
                            fmt::format("this node, {}, is not one of the service's nodes ({})", node_.nodename, fmt::join(nodes, " ")),
                            service_.defaults().place_of("nodes").to_string(), "run it on one of them, or add this node to `nodes`");
        add_guard({}, "check membership", fmt::format("{} must be in nodes, drpnode or drpnodes", node_.nodename), refusal);
    }

    /// Contract.md 11.3: the only test is a non-PRD service on a PRD node.
    void guard_host_mode() {
        std::optional<Error> refusal;
        if (node_.host_mode == "PRD" && service_.env() != "PRD")
            refusal = Error(Error::Code::refused, fmt::format("a {} service may not run on a PRD node", service_.env()),
                            service_.defaults().place_of("env").to_string(), "run it on a node whose host mode is not PRD");
        add_guard({}, "check host mode", fmt::format("env {} on a {} node", service_.env(), node_.host_mode), refusal);
    }

    void guard_frozen() {
        std::optional<Error> refusal;
        if (observation_.frozen || observation_.node_frozen)
            refusal = Error(Error::Code::refused, observation_.frozen ? "the service is frozen here" : "this node is frozen",
                            service_.name(), fmt::format("svcmgr -s {} thaw ends that; --force acts all the same", service_.name()));
        if (request_.force) refusal.reset();
        add_guard({}, "check frozen", "neither the service nor the node may be frozen", refusal);
    }

    void add_resource_guards(const std::vector<Layer>& layers) {
        for (const Layer& layer : layers) {
            for (const Resource* resource : layer) {
                const auto found = intents_.find(resource);
                if (found == intents_.end()) continue;
                const Intent& intent = found->second;
                std::optional<Error> refusal = intent.refusal;
                if (!refusal && !request_.force) refusal = intent.conflict;
                if (!intent.checked.empty() || refusal) add_guard(resource->rid(), "check", intent.checked, refusal);
            }
        }
    }

    // --- what each resource needs

    void decide(const std::vector<Layer>& layers) {
        for (const Layer& layer : layers)
            for (const Resource* resource : layer)
                if (wanted(*resource)) decide(*resource);
    }

    void decide(const Resource& resource) {
        if (resource.disabled()) return leave(resource, "disabled");
        const std::vector<std::string> tags = resource.tags();
        if (std::ranges::find(tags, "noaction") != tags.end()) return leave(resource, "tag noaction");

        const Resource* carrier = resource.carrier();
        if (carrier != nullptr && seen(*carrier).status == Status::down && !starts(*carrier)) {
            if (request_.goal == Goal::down) return leave(resource, fmt::format("{} is down", carrier->rid().text()));
            Intent intent;
            intent.checked = fmt::format("{} must be up", carrier->rid().text());
            intent.refusal =
                Error(Error::Code::refused, fmt::format("{} is down, and {} lives inside it", carrier->rid().text(), resource.rid().text()),
                      service_.name(), fmt::format("svcmgr -s {} start starts both", service_.name()));
            intents_.emplace(&resource, std::move(intent));
            return;
        }
        Intent intent = with_triggers(resource, request_.goal, resource.intend(request_.goal, seen(resource)));
        if (intent.verbs.empty()) leave(resource, intent.left_alone);
        intents_.emplace(&resource, std::move(intent));
    }

    bool starts(const Resource& carrier) const {
        const auto found = intents_.find(&carrier);
        return request_.goal == Goal::up && found != intents_.end() && !found->second.verbs.empty();
    }

    void leave(const Resource& resource, std::string reason) { plan_.left_alone.push_back({resource.rid(), std::move(reason)}); }

    // --- steps

    void add_steps(const std::vector<Layer>& layers) {
        std::vector<int> barrier;
        if (!plan_.steps.empty()) barrier.push_back(plan_.steps.back().id);
        for (const Layer& layer : layers) {
            std::vector<int> ends;
            for (const Resource* resource : layer)
                if (const std::optional<int> last = add_verbs(*resource, barrier)) ends.push_back(*last);
            if (!ends.empty()) barrier = std::move(ends);
        }
    }

    /// Chains the resource's verbs behind `after`; the id of the last one.
    std::optional<int> add_verbs(const Resource& resource, std::vector<int> after) {
        const auto found = intents_.find(&resource);
        if (found == intents_.end() || found->second.verbs.empty()) return {};
        for (const Verb& verb : found->second.verbs) {
            Step step;
            step.id = static_cast<int>(plan_.steps.size()) + 1;
            step.rid = resource.rid();
            step.verb = verb.name;
            step.after = std::move(after);
            step.reason = verb.reason;
            step.deadline = verb.deadline;
            step.undo = verb.undo;
            step.undo_deadline = verb.undo_deadline;
            step.on_failure = on_failure(resource, verb);
            if (usual_) step.expected = usual_(resource.rid(), verb.name);
            after = {step.id};
            plan_.steps.push_back(std::move(step));
        }
        return after.front();
    }

    /// A launcher that fails to stop must not keep the guest up: its own shutdown gives the application another chance. A task that fails
    /// says nothing of the others.
    Step::OnFailure on_failure(const Resource& resource, const Verb& verb) const {
        if (resource.optional()) return Step::OnFailure::ignore;
        if (is_trigger(verb.name)) return Step::OnFailure::give_up;
        if (resource.group() == Group::task) return Step::OnFailure::go_on;
        if (request_.goal == Goal::down && resource.group() == Group::app) return Step::OnFailure::go_on;
        return Step::OnFailure::give_up;
    }

    const Service& service_;
    const Request& request_;
    const Observation& observation_;
    const NodeFacts& node_;
    const Usual& usual_;
    std::map<const Resource*, Intent> intents_;
    Plan plan_;
};

}  // namespace

Plan make_plan(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node, const Usual& usual) {
    return Planner(service, request, observation, node, usual).make();
}

}  // namespace svcmgr
