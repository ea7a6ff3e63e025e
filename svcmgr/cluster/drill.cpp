#include "svcmgr/cluster/drill.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "drivers/error.h"
#include "drivers/hypervisor/host_needs.h"
#include "drivers/hypervisor/table.h"
#include "drivers/tasks.h"
#include "resources/container.h"
#include "resources/scsi_reservation.h"
#include "resources/volume_group.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

namespace {

using Result = DrillCheck::Result;

/// Services that are looked at at the same time.
constexpr std::size_t most_at_once = 16;
constexpr std::string_view check_word = "check ";
constexpr std::string_view peer_word = "peer ";

/// "check frozen" is "frozen"; "check" of a resource has the resource's name.
std::string name_of(const Step& guard) {
    std::string_view verb = guard.verb;
    if (verb.starts_with(check_word)) verb.remove_prefix(check_word.size());
    if (guard.rid.text().empty()) return std::string(verb);
    return guard.verb == "check" ? guard.rid.text() : fmt::format("{} {}", guard.rid.text(), verb);
}

/// Another service that has to be up first has a drill of its own.
bool is_about_order(std::string_view name) {
    return name == "parents" || name == "hard_affinity";
}

class Drill {
public:
    Drill(World world, const Paths& paths, const Node& node, const LoadedService& loaded, const std::map<std::string, PeerInstance>& peers)
        : world_(world), paths_(paths), node_(node), loaded_(loaded), service_(*loaded.service), peers_(peers) {}

    NodeDrill take() {
        drill_.config = mark_of(loaded_.document.text());
        check_env_file();
        const Consideration seen = consider();
        drill_.runs = instance_of(service_, seen.observation).runs();
        check_guards(seen.plan);
        check_peers();
        for (const auto& resource : service_.resources())
            if (const auto found = seen.observation.resources.find(resource->rid());
                found != seen.observation.resources.end() && !resource->disabled())
                check_resource(*resource, found->second);
        check_journal(seen);
        return std::move(drill_);
    }

private:
    void add(std::string name, Result result, std::string reason, std::string hint = {}) {
        drill_.checks.push_back({std::move(name), result, std::move(reason), std::move(hint)});
    }
    /// What the name says already is not said again: "data of sync#1", "sync#1: the replica is …".
    void add_problem(std::string name, Result result, const Error& error) {
        std::string reason = error.message();
        const std::string subject = name.substr(name.rfind(' ') + 1) + ": ";
        if (reason.starts_with(subject)) reason.erase(0, subject.size());
        add(std::move(name), result, std::move(reason), error.hint());
    }
    bool was_checked(std::string_view name) const {
        return std::ranges::find(drill_.checks, name, &DrillCheck::name) != drill_.checks.end();
    }

    void check_env_file() {
        if (has_errors(loaded_.findings) || !loaded_.has_sections)
            add(std::string(check_of_env_file), Result::missing, "it has errors",
                fmt::format("svcmgr -s {} validate config shows them", service_.name()));
        else
            add(std::string(check_of_env_file), Result::fine, "it can be read");
    }

    Consideration consider() const {
        const auto runner = std::ranges::find_if(peers_, [](const auto& peer) { return peer.second.runs(); });
        PeerAnswers answers(world_, node_, service_.name());
        answers.know(peers_);
        const Instance instance(world_, paths_, node_, service_);
        return instance.consider(
            Request{.action = "start", .goal = Goal::up, .takes_over_from = runner == peers_.end() ? std::string() : runner->first},
            answers);
    }

    void check_guards(const Plan& plan) {
        for (const Step& step : plan.steps) {
            if (!step.guard()) continue;
            const std::string name = name_of(step);
            if (step.refusal && step.verb == "check requirement" && lacks_a_resource()) continue;  // that is why, and was said
            if (step.refusal)
                add_problem(name, is_about_order(name) ? Result::noted : Result::missing, *step.refusal);
            else
                add(name, Result::fine, step.reason);
        }
    }

    bool lacks_a_resource() const {
        return std::ranges::any_of(drill_.checks, [this](const DrillCheck& check) {
            return check.result == Result::missing && service_.find(Rid(check.name)) != nullptr;
        });
    }

    /// Whom a start does not have to ask is looked for all the same: this node has to reach all of them.
    void check_peers() {
        for (const auto& [peer, instance] : peers_) {
            const std::string name = fmt::format("{}{}", peer_word, peer);
            const bool answers = instance.answer == PeerInstance::Answer::given;
            const auto checked = std::ranges::find(drill_.checks, name, &DrillCheck::name);
            if (checked == drill_.checks.end())
                add(name, answers ? Result::fine : Result::noted, answers ? "it answers" : instance.reason);
            else if (!answers && checked->result == Result::fine)
                checked->result = Result::noted;
        }
    }

    void check_resource(const Resource& resource, const ResourceObservation& seen) {
        if (const auto* container = dynamic_cast<const Container*>(&resource)) check_container(*container, seen);
        // What can't be reserved at all is in the way whoever ran it before.
        if (dynamic_cast<const ScsiReservation*>(&resource) != nullptr && seen.conflict && seen.takes_from.empty() && !refuses(resource))
            add_problem(resource.rid().text(), Result::missing, *seen.conflict);
        // Env files are compared by whoever asks.
        if (!seen.stale.empty() && resource.type() != "sync.config" && !was_checked(fmt::format("data of {}", resource.rid().text())))
            add(resource.rid().text(), Result::noted, seen.stale,
                fmt::format("svcmgr -s {} sync all, on the node that has it up", service_.name()));
        if (seen.status != Status::down || seen.log.empty() || refuses(resource)) return;
        if (dynamic_cast<const VolumeGroup*>(&resource) != nullptr)
            add(resource.rid().text(), Result::missing, seen.log.front().message, "connect its disks to this node");
        else if (resource.group() == Group::fs)
            add(resource.rid().text(), brings_devices() ? Result::noted : Result::missing, seen.log.front().message,
                "it has to be on this node when it is mounted");
    }

    bool refuses(const Resource& resource) const {
        return std::ranges::any_of(
            drill_.checks, [&](const DrillCheck& check) { return check.name == resource.rid().text() && check.result == Result::missing; });
    }

    void check_container(const Container& container, const ResourceObservation& seen) {
        const std::string& rid = container.rid().text();
        if (refuses(container)) return;
        for (const LogLine& line : seen.log)
            if (line.level == LogLine::Level::warn) add(rid, Result::noted, line.message);
        if (seen.status != Status::down) return;
        if (!seen.preparation.empty()) add(rid, Result::noted, fmt::format("{}: a start loads it", seen.preparation));
        check_capabilities(container);
        check_needs(container);
        check_devices(container);
    }

    void check_capabilities(const Container& container) {
        try {
            const Capabilities can = world_.hypervisors.get(container.hypervisor()).capabilities(deadline());
            if (!can.problem.empty())
                add(fmt::format("{} hypervisor", container.rid().text()), Result::missing, can.problem,
                    fmt::format("make {} able to run guests on this node", container.hypervisor()));
            else
                add(fmt::format("{} hypervisor", container.rid().text()), Result::fine, fmt::format("{} answers", container.hypervisor()));
        } catch (const Error& error) {
            add_problem(fmt::format("{} hypervisor", container.rid().text()), Result::missing, error);
        }
    }

    void check_needs(const Container& container) {
        try {
            auto* hypervisor = dynamic_cast<TellsNeeds*>(&world_.hypervisors.get(container.hypervisor()));
            if (hypervisor == nullptr) return;
            for (const HostNeed& need : hypervisor->needs(container.guest(), deadline()))
                add(fmt::format("{} {}", container.rid().text(), need.what), result_of(need.answer), need.reason, need.hint);
        } catch (const Error&) {
            // It was said of the hypervisor.
        }
    }

    static Result result_of(HostNeed::Answer answer) {
        switch (answer) {
            case HostNeed::Answer::here: return Result::fine;
            case HostNeed::Answer::missing: return Result::missing;
            case HostNeed::Answer::unknown: return Result::unknown;
        }
        return Result::unknown;
    }

    /// Those that are reserved were looked at by their reservation.
    void check_devices(const Container& container) {
        for (const auto& resource : service_.resources())
            if (const auto* reservation = dynamic_cast<const ScsiReservation*>(resource.get());
                reservation != nullptr && reservation->container() == &container)
                return;
        Looking looking(world_, Purpose::start, limits());
        for (const Path& path : container.devices_below(looking).paths) {
            const auto facts = world_.files.facts(path);
            if (facts)
                add(fmt::format("{} disk {}", container.rid().text(), path), Result::fine, "it is here");
            else
                add(fmt::format("{} disk {}", container.rid().text(), path), brings_devices() ? Result::noted : Result::missing,
                    facts.error().reason, "connect the disk to this node, or correct the definition");
        }
    }

    /// Whether a part of the service may bring device files that are not there while it is down.
    bool brings_devices() const {
        return std::ranges::any_of(service_.resources(), [](const auto& resource) {
            return resource->group() == Group::disk && !resource->disabled() && resource->type() != ScsiReservation::resource_type &&
                   resource->type() != "disk.vmdg";
        });
    }

    void check_journal(const Consideration& seen) {
        const Observation& observation = seen.observation;
        if (seen.unrecordable)
            add_problem("journal", Result::missing, *seen.unrecordable);
        else
            add("journal", Result::fine, "it has room for the start");
        if (!observation.journal_problem.empty()) add("journal", Result::noted, observation.journal_problem);
        if (observation.acting) add("action", Result::noted, *observation.acting + " runs now");
        if (observation.interrupted)
            add("action", Result::noted,
                fmt::format("{} was interrupted; it began {}", observation.interrupted->action, to_iso8601(observation.interrupted->since)),
                fmt::format("svcmgr -s {} recover", service_.name()));
    }

    LookLimits limits() const { return LookShared(world_, paths_, node_).limits; }
    Deadline deadline() const { return Deadline::in(world_.clock, limits().guest); }

    World world_;
    const Paths& paths_;
    const Node& node_;
    const LoadedService& loaded_;
    const Service& service_;
    const std::map<std::string, PeerInstance>& peers_;
    NodeDrill drill_;
};

}  // namespace

std::string_view to_string(DrillCheck::Result result) noexcept {
    switch (result) {
        case Result::fine: return "fine";
        case Result::noted: return "noted";
        case Result::unknown: return "unknown";
        case Result::missing: return "missing";
    }
    return "unknown";
}

std::string_view to_string(NodeDrill::Answer answer) noexcept {
    switch (answer) {
        case NodeDrill::Answer::possible: return "possible";
        case NodeDrill::Answer::impossible: return "impossible";
        case NodeDrill::Answer::unknown: return "unknown";
    }
    return "unknown";
}

NodeDrill::Answer NodeDrill::answer() const {
    const auto any = [this](Result result) { return std::ranges::find(checks, result, &DrillCheck::result) != checks.end(); };
    if (any(Result::missing)) return Answer::impossible;
    return checks.empty() || any(Result::unknown) ? Answer::unknown : Answer::possible;
}

bool ServiceDrill::possible_everywhere() const {
    return std::ranges::all_of(nodes, [](const auto& node) { return node.second.answer() == NodeDrill::Answer::possible; });
}

std::map<std::string, NodeDrill> drill_here(World world, const Paths& paths, const Node& node, const std::vector<LoadedService>& services,
                                            const InstancesByService& what_runs) {
    const std::map<std::string, PeerInstance> nobody;
    std::map<std::string, NodeDrill> drills;
    std::vector<std::function<void()>> looks;
    for (const LoadedService& loaded : services) {
        const auto found = what_runs.find(loaded.service->name());
        const auto& peers = found == what_runs.end() ? nobody : found->second;
        NodeDrill& drill = drills[loaded.service->name()];
        looks.emplace_back([&] { drill = Drill(world, paths, node, loaded, peers).take(); });
    }
    run_together(world.tasks, world.clock, looks, most_at_once);
    return drills;
}

NodeDrill drill_without_env_file(const Error& why) {
    NodeDrill drill;
    drill.checks = {{std::string(check_of_env_file), Result::missing, why.message(), why.hint()}};
    return drill;
}

}  // namespace svcmgr
