#include "svcmgr/action/migrate_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "resources/scsi_reservation.h"

namespace svcmgr {

namespace {

constexpr Duration for_disks = std::chrono::minutes(1);
constexpr Duration to_go_on = std::chrono::minutes(2);
constexpr Duration to_keep = std::chrono::minutes(15);  // a start may be part of it

void add_in_line(Plan& plan, Step step) {
    step.id = static_cast<int>(plan.steps.size()) + 1;
    if (step.id > 1) step.after = {step.id - 1};
    plan.steps.push_back(std::move(step));
}

/// Whether it is where the guest is, without anybody's doing.
bool goes_along(const Resource& resource) {
    if (resource.carrier() != nullptr || resource.group() == Group::container || resource.type() == "disk.vmdg") return true;
    const auto* reservation = dynamic_cast<const ScsiReservation*>(&resource);
    return reservation != nullptr && reservation->container() != nullptr;
}

}  // namespace

bool is_migrate_verb(std::string_view verb) {
    constexpr std::string_view verbs[] = {share_verb, unshare_verb, migrate_verb, keep_verb, run_there_verb};
    return std::ranges::any_of(verbs, [&](std::string_view one) { return verb.starts_with(one); });
}

std::vector<const Container*> containers_of(const Service& service) {
    std::vector<const Container*> found;
    for (const auto& resource : service.resources())
        if (const auto* container = dynamic_cast<const Container*>(resource.get()); container != nullptr && !container->disabled())
            found.push_back(container);
    return found;
}

MoveCheck check_of_resources(const Service& service, const Observation& observation) {
    MoveCheck check{"check resources", "what is up here must go where the guest goes", {}, {}};
    std::vector<std::string> bound;
    for (const auto& resource : service.resources()) {
        const bool accessory = resource->group() == Group::sync || resource->group() == Group::task;
        if (accessory || resource->disabled() || resource->standby() || goes_along(*resource)) continue;
        const auto seen = observation.resources.find(resource->rid());
        const Status status = seen == observation.resources.end() ? Status::undef : seen->second.status;
        if (status != Status::down && status != Status::not_applicable) bound.push_back(resource->rid().text());
    }
    if (bound.empty()) return check;
    check.refusal =
        Error(Error::Code::refused, fmt::format("{} can be on one node only, and can't move while the guest runs", fmt::join(bound, ", ")),
              service.name(), fmt::format("svcmgr -s {} switch --to NODE stops and starts all of it", service.name()));
    return check;
}

Plan migrate_plan(Plan stop, const Traveller& traveller, const std::string& target, const std::vector<MoveCheck>& checks) {
    using Where = Traveller::Where;
    Plan plan = std::move(stop);
    std::erase_if(plan.steps, [](const Step& step) { return !step.guard(); });
    for (LeftAlone& left : plan.left_alone) left.reason = fmt::format("it goes along in {}", traveller.container->label());
    for (const MoveCheck& check : checks)
        add_in_line(plan, {.verb = check.verb, .reason = check.reason, .refusal = check.refusal, .risk = check.risk});
    const std::string keep = fmt::format("{}{}", keep_verb, target);
    if (traveller.where == Where::on_its_way)
        add_in_line(plan, {.verb = keep, .reason = "what the killed move has left begun is ended first", .deadline = to_keep});
    if (traveller.where != Where::there) {
        if (traveller.reserved_disks)
            add_in_line(plan, {.verb = fmt::format("{}{}", share_verb, target),
                               .reason = fmt::format("{} registers with its disks, which this node goes on holding", target),
                               .deadline = for_disks,
                               .undo = fmt::format("{}{}", unshare_verb, target),
                               .undo_deadline = for_disks});
        add_in_line(plan, {.verb = fmt::format("{}{}", migrate_verb, target),
                           .reason = fmt::format("{} moves while it runs, and waits there", traveller.container->label()),
                           .deadline = traveller.container->options().duration("migrate_timeout"),
                           .undo = keep,
                           .undo_deadline = to_keep});
    }
    add_in_line(plan, {.verb = fmt::format("{}{}", run_there_verb, target),
                       .reason = traveller.reserved_disks ? fmt::format("{} runs it from then on, and takes its disks over", target)
                                                          : fmt::format("{} runs it from then on", target),
                       .deadline = to_go_on});
    return plan;
}

}  // namespace svcmgr
