#include <algorithm>
#include <chrono>

#include "drivers/error.h"
#include "drivers/hypervisor/table.h"
#include "resources/container.h"
#include "resources/scsi_reservation.h"
#include "svcmgr/action/migrate_plan.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/cluster/engine_config.h"

namespace svcmgr {

namespace {

/// Another action may hold the service's lock for a minute (--waitlock), and what is looked at and asked before the first step takes the
/// rest.
constexpr Duration before_the_first_step = std::chrono::seconds(90);
/// A node under load takes its time to begin a program.
constexpr Duration to_begin_a_look = std::chrono::seconds(20);

Observation all_at(const Service& service, Status status) {
    Observation observation;
    for (const auto& resource : service.resources()) observation.resources[resource->rid()].status = status;
    return observation;
}

Plan plan_from(const Service& service, const Node& node, Goal goal) {
    const Request request{.action = goal == Goal::up ? "start" : "stop", .goal = goal};
    return make_plan(service, request, all_at(service, goal == Goal::up ? Status::down : Status::up), {node.name(), node.host_mode()});
}

Duration with_what_comes_before(const Plan& plan) {
    Duration sum = before_the_first_step;
    for (const Step& step : plan.steps) sum += step.deadline;
    return std::chrono::ceil<std::chrono::seconds>(sum);
}

bool reserves_disks(const Service& service) {
    return std::ranges::any_of(service.resources(), [](const auto& resource) {
        return resource->type() == ScsiReservation::resource_type && !resource->disabled();
    });
}

/// Null where it would be stopped and started. Throws Error when what would move it can't be loaded.
const Container* traveller_of(World world, const Service& service) {
    const std::vector<const Container*> containers = containers_of(service);
    if (containers.size() != 1 || check_of_resources(service, all_at(service, Status::up)).refusal) return nullptr;
    return world.hypervisors.get(containers.front()->hypervisor()).live_migration() == nullptr ? nullptr : containers.front();
}

}  // namespace

EngineTimes engine_times(World world, const Node& node, const Service& service) {
    const Options section = node.section("node");
    const Plan stop = plan_from(service, node, Goal::down);
    EngineTimes times;
    times.start = with_what_comes_before(plan_from(service, node, Goal::up));
    times.stop = with_what_comes_before(stop);
    times.monitor =
        std::chrono::ceil<std::chrono::seconds>(section.duration("look_timeout") + section.duration("guest_timeout") + to_begin_a_look);
    try {
        if (const Container* container = traveller_of(world, service))
            times.migrate_to = with_what_comes_before(migrate_plan(stop, {container, reserves_disks(service)}, "there", {}));
    } catch (const Error& error) {
        times.unknown = error.message();
    }
    return times;
}

EngineTimes EngineTimes::with(const EngineTimes& other) const {
    EngineTimes both{std::max(start, other.start), std::max(stop, other.stop), std::max(monitor, other.monitor), {}};
    if (migrate_to && other.migrate_to) both.migrate_to = std::max(*migrate_to, *other.migrate_to);
    both.unknown = unknown.empty() ? other.unknown : unknown;
    return both;
}

}  // namespace svcmgr
