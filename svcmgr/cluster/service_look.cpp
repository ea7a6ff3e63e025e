#include "svcmgr/cluster/service_look.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <list>

#include "drivers/engine/engine.h"
#include "drivers/options.h"
#include "drivers/tasks.h"
#include "svcmgr/action/engine_guard.h"
#include "svcmgr/cluster/engine_sight.h"
#include "svcmgr/service/requirements.h"

namespace svcmgr {

namespace {

/// Most of them wait for guests and peers, not for a processor.
constexpr std::size_t most_at_once = 128;
/// Up to so many services are asked for one by one, though at the same time.
constexpr std::size_t few = 16;

LookLimits limits_of(const Node& node) {
    const Options section = node.section("node");
    return {section.duration("look_timeout"), section.duration("guest_timeout")};
}

std::vector<const Resource*> in_order_of_tree(const Service& service, const std::set<const Resource*>& wanted) {
    std::vector<const Resource*> in_order;
    for (const auto& resource : service.resources())
        if (wanted.contains(resource.get())) in_order.push_back(resource.get());
    return in_order;
}

std::vector<const Resource*> to_look_at(const Service& service, const Selection& selection, Purpose purpose) {
    std::vector<const Resource*> chosen = selected(service, selection);
    if (purpose == Purpose::show) return chosen;
    std::set<const Resource*> wanted(chosen.begin(), chosen.end());
    for (const auto& resource : service.resources()) {
        if (!selection.contains(*resource)) continue;
        for (const Goal goal : {Goal::up, Goal::down, Goal::run, Goal::sync})
            for (const Requirement& requirement : requirements_of(*resource, goal).all)
                if (const Resource* other = service.find(requirement.rid)) wanted.insert(other);
    }
    return in_order_of_tree(service, wanted);
}

}  // namespace

bool Selection::contains(const Resource& resource) const {
    return (!groups || groups->contains(resource.group())) && (!rids || rids->contains(resource.rid()));
}

std::vector<const Resource*> selected(const Service& service, const Selection& selection) {
    std::set<const Resource*> wanted;
    for (const auto& resource : service.resources()) {
        if (!selection.contains(*resource)) continue;
        wanted.insert(resource.get());
        if (resource->carrier() != nullptr) wanted.insert(resource->carrier());
    }
    return in_order_of_tree(service, wanted);
}

LookShared::LookShared(World on, const Paths& at, const Node& of)
    : world(on),
      paths(at),
      node(of),
      limits(limits_of(of)),
      answers(std::make_shared<NodeAnswers>(on, limits.hypervisor)),
      node_flag(on.files.read(at.frozen_flag())) {}

Observation observe_flags(const LookShared& shared, const std::string& service) {
    const Files& files = shared.world.files;
    Observation observation;
    const auto flag = files.read(shared.paths.frozen_flag_of(service));
    observation.frozen = flag.has_value() || !flag.error().absent();
    observation.node_frozen = shared.node_flag.has_value() || !shared.node_flag.error().absent();
    const std::string_view note = trimmed(flag ? *flag : shared.node_flag ? *shared.node_flag : std::string_view());
    if (!note.empty()) observation.frozen_note = fmt::format("since {}", note.substr(0, note.find('\n')));
    observation.acting = files.lock_holder(shared.paths.lock_of(service));
    return observation;
}

ServiceLook::ServiceLook(const LookShared& shared, const Service& service, const Selection& selection, Purpose purpose)
    : service_(service),
      looking_(shared.world, purpose, shared.limits, shared.answers),
      wanted_(to_look_at(service, selection, purpose)),
      observation_(observe_flags(shared, service.name())) {
    observation_.observed = shared.world.clock.wall();
    for (const Resource* resource : wanted_) resource->announce(looking_);
}

std::function<void()> ServiceLook::look_at(const Resource& resource) {
    ResourceObservation& seen = observation_.resources[resource.rid()];
    return [this, &resource, &seen] { seen = observe(resource, looking_); };
}

std::vector<std::function<void()>> ServiceLook::looks() {
    std::vector<std::function<void()>> looks;
    for (const Resource* resource : wanted_)
        if (!resource->looks_last()) looks.push_back(look_at(*resource));
    return looks;
}

std::vector<std::function<void()>> ServiceLook::last_looks() {
    if (std::ranges::any_of(wanted_, [](const Resource* resource) { return !resource->looks_last(); }))
        looking_.avail = service_.summarize(observation_).avail;
    std::vector<std::function<void()>> looks;
    for (const Resource* resource : wanted_)
        if (resource->looks_last()) looks.push_back(look_at(*resource));
    return looks;
}

void ServiceLook::take_journal(JournalReader& journal) {
    observation_.interrupted = journal.interrupted(service_.name());
    observation_.journal_problem = journal.problem();
}

void ServiceLook::take_journal(const std::map<std::string, Interrupted>& interrupted, const std::string& problem) {
    observation_.journal_problem = problem;
    if (const auto found = interrupted.find(service_.name()); found != interrupted.end()) observation_.interrupted = found->second;
}

namespace {

/// Whoever looks at parts of a service, as the engine's own agent does every few seconds, does not ask about the whole.
bool is_asked_about(const Sight& sight, const Node& node) {
    return decided_by_engine(*sight.service, node.name()) && !sight.selection.groups && !sight.selection.rids;
}

}  // namespace

std::vector<Observation> look_together(World world, const Paths& paths, const Node& node, const std::vector<Sight>& sights) {
    // Of a single guest hypervisors tell more, and a few questions at the same time cost no more than one.
    const std::size_t groups = sights.size() > few ? 1 : sights.size();
    std::list<LookShared> shared;
    std::list<ServiceLook> services;
    for (std::size_t i = 0; i < sights.size(); ++i) {
        if (i < groups) shared.emplace_back(world, paths, node);
        services.emplace_back(shared.back(), *sights[i].service, sights[i].selection, Purpose::show);
    }

    std::map<std::string, Interrupted> interrupted;
    std::string journal_problem;
    std::vector<std::function<void()>> looks;
    for (const LookShared& group : shared)
        for (const std::string& hypervisor : group.answers->announced())
            looks.emplace_back([&group, hypervisor] { group.answers->ask_announced(hypervisor); });
    looks.emplace_back([&] {
        JournalReader journal(world, paths.database);
        interrupted = journal.interrupted();
        journal_problem = journal.problem();
    });
    EngineAnswer engine;
    if (std::ranges::any_of(sights, [&](const Sight& sight) { return is_asked_about(sight, node); }))
        looks.emplace_back([&] { engine = ask_engine(world.processes, Deadline::in(world.clock, limits_of(node).hypervisor)); });
    for (ServiceLook& service : services) std::ranges::move(service.looks(), std::back_inserter(looks));
    run_together(world.tasks, world.clock, looks, most_at_once);

    looks.clear();
    for (ServiceLook& service : services) std::ranges::move(service.last_looks(), std::back_inserter(looks));
    run_together(world.tasks, world.clock, looks, most_at_once);

    std::vector<Observation> observations;
    observations.reserve(services.size());
    for (std::size_t i = 0; ServiceLook & service : services) {
        service.take_journal(interrupted, journal_problem);
        observations.push_back(service.take());
        if (const Sight& sight = sights[i++]; is_asked_about(sight, node))
            observations.back().engine = engine_sight(engine, sight.service->name(), node.name());
    }
    return observations;
}

}  // namespace svcmgr
