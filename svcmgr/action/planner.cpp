#include "svcmgr/action/planner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "resources/triggers.h"
#include "svcmgr/action/dr_guards.h"
#include "svcmgr/action/engine_guard.h"
#include "svcmgr/action/guards.h"
#include "svcmgr/action/order.h"
#include "svcmgr/action/peer_guard.h"
#include "svcmgr/action/sync_guards.h"

namespace svcmgr {

namespace {

/// Standby resources are up or down like others; that they stay up while the service is stopped is decided here.
Status without_standby(Status status) {
    switch (status) {
        case Status::standby_up: return Status::up;
        case Status::standby_down: return Status::down;
        default: return status;
    }
}

class Planner {
public:
    Planner(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node, const Usual& usual)
        : service_(service), request_(request), observation_(observation), node_(node), usual_(usual), order_(service, request.goal) {
        plan_.service = service.name();
        plan_.action = request.action;
    }

    Plan make() {
        guard_membership();
        if (request_.goal == Goal::sync) {
            add_guards(sync_guards(service_, request_, observation_, node_));
        } else {
            guard_host_mode();
            guard_frozen();
            add_guards(engine_guards(service_, request_, observation_, node_.nodename));
            if (!request_.groups && !request_.rids) guard_others();
            guard_peers();
            guard_disks();
            add_guards(dr_guards(service_, request_, observation_, node_));
        }
        for (const Resource* resource : order_.sequence())
            if (wanted(*resource)) decide(*resource);
        guard_circle();
        for (const Resource* resource : order_.sequence()) add_guards_of(*resource);
        add_steps();
        return std::move(plan_);
    }

private:
    bool wanted(const Resource& resource) const {
        if (request_.groups && !request_.groups->contains(resource.group())) return false;
        return !request_.rids || request_.rids->contains(resource.rid());
    }

    /// As it is shown: a standby resource is `stdby up`.
    const ResourceObservation& looked_at(const Resource& resource) const {
        static const ResourceObservation never_looked_at;
        const auto found = observation_.resources.find(resource.rid());
        return found == observation_.resources.end() ? never_looked_at : found->second;
    }

    ResourceObservation seen(const Resource& resource) const {
        ResourceObservation seen = looked_at(resource);
        seen.status = without_standby(seen.status);
        return seen;
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

    void add_guards(std::vector<Step> guards) {
        for (Step& guard : guards) {
            add_guard({}, std::move(guard.verb), std::move(guard.reason), std::move(guard.refusal));
            plan_.steps.back().risk = std::move(guard.risk);
        }
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
        if (!request_.force) refusal = refusal_of_frozen(service_.name(), observation_);
        add_guard({}, "check frozen", "neither the service nor the node may be frozen", refusal);
    }

    // Other services of this node (contract.md 2.4, 4.2): --force takes the risk.

    void guard_others() {
        if (request_.standby == Request::Standby::only) return;
        constexpr auto is_up = [](Status status) { return status == Status::up || status == Status::standby_up; };
        constexpr auto is_down = [](Status status) {
            return status == Status::down || status == Status::standby_down || status == Status::standby_up ||
                   status == Status::not_applicable;
        };
        if (request_.goal == Goal::up) {
            guard_others("parents", "must be up", "start it first", is_up);
            guard_others("hard_affinity", "must be up on this node", "start it here first", is_up);
            guard_others("hard_anti_affinity", "must not be up on this node", "stop it here first, or start this one elsewhere", is_down);
        }
        if (request_.goal == Goal::down) guard_others("children", "must be down", "stop it first", is_down);
    }

    void guard_peers() {
        for (const auto& [node, instance] : observation_.peers) {
            PeerVerdict verdict = judge_peer(service_, request_, observation_, node_.nodename, node);
            add_guard({}, "check peer " + node, std::move(verdict.reason), std::move(verdict.refusal));
            plan_.steps.back().risk = std::move(verdict.risk);
        }
    }

    /// A reservation tells nodes apart, not two users of one node.
    void guard_disks() {
        if (!observation_.disk_rivals) return;
        const DiskRivals& rivals = *observation_.disk_rivals;
        if (rivals.found.empty() && rivals.problems.empty()) return;
        std::optional<Error> refusal;
        if (!rivals.found.empty() && !request_.force) {
            const DiskRivals::Rival& first = rivals.found.front();
            refusal = Error(Error::Code::refused,
                            fmt::format("disk {} of {} is used by {}, too, and the reservation can't keep two users of one node apart",
                                        first.disk, first.rid, first.user),
                            service_.name(), "give them disks of their own; --force takes the risk (svcmgr print disks shows all of them)");
        }
        std::string reason = "nothing else on this node may use its reserved disks";
        if (!rivals.problems.empty()) reason += "; not all could be asked: " + rivals.problems.front();
        add_guard({}, "check disks", std::move(reason), refusal);
    }

    void guard_others(std::string_view keyword, std::string_view must, std::string_view hint, bool (*right)(Status)) {
        for (const std::string& name : service_.defaults().list(keyword)) {
            const auto found = observation_.others.find(name);
            if (found == observation_.others.end()) continue;
            const OtherService& other = found->second;
            std::optional<Error> refusal;
            const std::string where = service_.defaults().place_of(keyword).to_string();
            if (!other.avail)
                refusal = Error(Error::Code::refused, fmt::format("{} {}, and that is not known: {}", name, must, other.problem), where,
                                "--force takes the risk");
            else if (!right(*other.avail))
                refusal = Error(Error::Code::refused, fmt::format("{} {}, and it is {}", name, must, to_string(*other.avail)), where,
                                fmt::format("{}, or take the risk with --force", hint));
            if (request_.force) refusal.reset();
            add_guard({}, fmt::format("check {}", keyword), fmt::format("{} {}", name, must), refusal);
        }
    }

    /// Checking the env file has said so; whoever acts all the same would act in a wrong order.
    void guard_circle() {
        if (order_.circle().empty()) return;
        add_guard(
            {}, "check order", "no resource may wait for itself",
            Error(Error::Code::refused, fmt::format("its resources wait for each other: {}", order_.describe_circle()), service_.file(),
                  fmt::format("svcmgr -s {} validate config shows the line that closes the circle", service_.name())));
    }

    void add_guards_of(const Resource& resource) {
        const auto found = intents_.find(&resource);
        if (found == intents_.end()) return;
        const Intent& intent = found->second;
        std::optional<Error> refusal = intent.refusal;
        if (!refusal && !request_.force && request_.takes_over_from.empty()) refusal = intent.conflict;
        if (!intent.checked.empty() || refusal) add_guard(resource.rid(), "check", intent.checked, refusal);
        if (!intent.verbs.empty())
            for (const Requirement& requirement : order_.requirements(resource).all) add_guard_of(resource, requirement);
    }

    /// Met by what is true, or by what this action makes true at the right time.
    void add_guard_of(const Resource& resource, const Requirement& requirement) {
        const Resource* other = service_.find(requirement.rid);
        if (other == nullptr) return;  // checking the env file has said so
        const bool acts = has_verbs(*other) && request_.goal != Goal::run;
        const Status status = looked_at(*other).status;
        const bool becomes_right = acts && (request_.goal == Goal::up ? requirement.allows_up() : requirement.allows_down());
        std::optional<Error> refusal;
        if (!requirement.allows(status) && !becomes_right)
            refusal = Error(
                Error::Code::refused,
                fmt::format("it requires {} to be {}, and that is {}", requirement.rid.text(), states_text(requirement), to_string(status)),
                order_.requirements(resource).place.to_string(), fmt::format("bring {} there first", requirement.rid.text()));
        add_guard(resource.rid(), "check requirement", fmt::format("{} must be {}", requirement.rid.text(), states_text(requirement)),
                  refusal);
    }

    static std::string states_text(const Requirement& requirement) {
        std::vector<std::string_view> words;
        for (const Status status : requirement.states) words.push_back(to_string(status));
        return fmt::format("{}", fmt::join(words, " or "));
    }

    // --- what each resource needs

    void decide(const Resource& resource) {
        if (resource.disabled()) return leave(resource, "disabled");
        const std::vector<std::string> tags = resource.tags();
        if (std::ranges::find(tags, "noaction") != tags.end()) return leave(resource, "tag noaction");

        if (order_.requirements(resource).impossible)
            return leave(resource, fmt::format("{} = impossible", order_.requirements(resource).keyword));
        if (resource.standby() && request_.standby == Request::Standby::kept && request_.goal == Goal::down)
            return leave(resource, "a standby resource stays up (shutdown, or stopstandby, stops it)");
        if (!resource.standby() && request_.standby == Request::Standby::only) return;

        const Resource* carrier = resource.carrier();
        if (carrier != nullptr && seen(*carrier).status == Status::down && !starts(*carrier)) {
            if (request_.goal != Goal::down) return refuse_without(*carrier, resource);
            if (!resource.made_from_outside()) return leave(resource, fmt::format("{} is down", carrier->rid().text()));
        }
        // It was seen before this action had the service's lock.
        if (request_.by == Request::By::healer && seen(resource).unready.empty())
            return leave(resource, "there is nothing to repair any more");
        Intent intent = with_triggers(resource, request_.goal, chosen_peers(resource.intend(request_.goal, seen(resource))));
        if (intent.verbs.empty()) leave(resource, intent.left_alone);
        intents_.emplace(&resource, std::move(intent));
    }

    void refuse_without(const Resource& carrier, const Resource& resource) {
        Intent intent;
        intent.checked = fmt::format("{} must be up", carrier.rid().text());
        intent.refusal =
            Error(Error::Code::refused, fmt::format("{} is down, and {} lives inside it", carrier.rid().text(), resource.rid().text()),
                  service_.name(), fmt::format("svcmgr -s {} start starts both", service_.name()));
        intents_.emplace(&resource, std::move(intent));
    }

    /// Of a replication: its verbs for the peers that are meant.
    Intent chosen_peers(Intent intent) const {
        if (request_.goal != Goal::sync || intent.verbs.empty()) return intent;
        const std::vector<std::string> nodes = service_.nodes();
        std::erase_if(intent.verbs, [&](const Verb& verb) {
            const bool to_node = std::ranges::find(nodes, verb.peer) != nodes.end();
            return (request_.targets == Request::Targets::nodes && !to_node) || (request_.targets == Request::Targets::drpnodes && to_node);
        });
        for (Verb& verb : intent.verbs)
            if (request_.force && !verb.forced.empty()) verb.name = verb.forced;
        if (intent.verbs.empty()) intent.left_alone = "none of the nodes that are meant gets it";
        return intent;
    }

    bool has_verbs(const Resource& resource) const {
        const auto found = intents_.find(&resource);
        return found != intents_.end() && !found->second.verbs.empty();
    }
    bool starts(const Resource& carrier) const { return request_.goal == Goal::up && has_verbs(carrier); }

    void leave(const Resource& resource, std::string reason) { plan_.left_alone.push_back({resource.rid(), std::move(reason)}); }

    // --- steps

    void add_steps() {
        std::vector<int> guards;
        if (!plan_.steps.empty()) guards.push_back(plan_.steps.back().id);
        for (const Resource* resource : order_.sequence()) {
            std::set<int> after;
            std::vector<int> needs;
            for (const Precedence& one : order_.before(*resource)) {
                after.insert(ends_[one.before].begin(), ends_[one.before].end());
                if (one.because == Precedence::Because::requirement && has_verbs(*one.before))
                    needs.insert(needs.end(), ends_[one.before].begin(), ends_[one.before].end());
            }
            if (after.empty()) after.insert(guards.begin(), guards.end());
            std::vector<int> behind = without_implied({after.begin(), after.end()});
            std::vector<int> last = add_verbs(*resource, behind, needs);
            if (!last.empty())
                ends_[resource] = std::move(last);
            else
                ends_[resource] = after == std::set(guards.begin(), guards.end()) ? std::vector<int>{} : behind;
        }
    }

    /// Without steps that another one waits for already.
    std::vector<int> without_implied(std::vector<int> ids) const {
        const std::vector<int> all = ids;
        std::erase_if(ids,
                      [&](int id) { return std::ranges::any_of(all, [&](int other) { return other != id && waits_for(other, id); }); });
        return ids;
    }

    bool waits_for(int id, int other) const {
        const Step& step = plan_.steps[static_cast<std::size_t>(id - 1)];
        return std::ranges::any_of(step.after, [&](int before) { return before == other || (before > other && waits_for(before, other)); });
    }

    /// Chains the resource's verbs behind `after`; the ids of the last ones. Those for several peers go side by side: none waits for one
    /// that is silent.
    std::vector<int> add_verbs(const Resource& resource, std::vector<int> after, const std::vector<int>& needs) {
        const auto found = intents_.find(&resource);
        if (found == intents_.end() || found->second.verbs.empty()) return {};
        const std::vector<Verb>& verbs = found->second.verbs;
        std::vector<int> side_by_side;
        for (std::size_t i = 0; i < verbs.size(); ++i) {
            const Verb& verb = verbs[i];
            const bool others_follow = !verb.peer.empty() && i + 1 < verbs.size() && !verbs[i + 1].peer.empty();
            Step step;
            step.id = static_cast<int>(plan_.steps.size()) + 1;
            step.rid = resource.rid();
            step.verb = verb.name;
            step.after = after;
            step.needs = needs;
            step.reason = verb.reason;
            step.deadline = verb.deadline;
            step.undo = verb.undo;
            step.undo_deadline = verb.undo_deadline;
            step.on_failure = on_failure(resource, verb);
            if (usual_) step.expected = usual_(resource.rid(), verb.name);
            side_by_side.push_back(step.id);
            if (!others_follow) after = std::exchange(side_by_side, {});
            plan_.steps.push_back(std::move(step));
        }
        return after;
    }

    /// A launcher that fails to stop must not keep the guest up: its own shutdown gives the application another chance. A task that fails
    /// says nothing of the others, nor does a peer that can't be reached.
    Step::OnFailure on_failure(const Resource& resource, const Verb& verb) const {
        if (resource.optional()) return Step::OnFailure::ignore;
        if (is_trigger(verb.name)) return Step::OnFailure::give_up;
        if (resource.group() == Group::task || resource.group() == Group::sync) return Step::OnFailure::go_on;
        if (request_.goal == Goal::down && resource.group() == Group::app) return Step::OnFailure::go_on;
        return Step::OnFailure::give_up;
    }

    const Service& service_;
    const Request& request_;
    const Observation& observation_;
    const NodeFacts& node_;
    const Usual& usual_;
    const Order order_;
    std::map<const Resource*, Intent> intents_;
    std::map<const Resource*, std::vector<int>> ends_;  ///< the steps that are the last of a resource, or of what it waits for
    Plan plan_;
};

}  // namespace

Plan make_plan(const Service& service, const Request& request, const Observation& observation, const NodeFacts& node, const Usual& usual) {
    return Planner(service, request, observation, node, usual).make();
}

}  // namespace svcmgr
