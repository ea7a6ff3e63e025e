// prstatus, prrepair, status --heal. prstart and prstop are actions like others.

#include "svcmgr/command/reservations.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "drivers/error.h"
#include "resources/scsi_reservation.h"
#include "svcmgr/command/actions.h"

namespace svcmgr {

namespace {

std::vector<const ScsiReservation*> reservations_of(const Service& service, const Selection& selection) {
    std::vector<const ScsiReservation*> found;
    for (const auto& resource : service.resources())
        if (const auto* one = dynamic_cast<const ScsiReservation*>(resource.get());
            one != nullptr && !one->disabled() && selection.contains(*one))
            found.push_back(one);
    return found;
}

int run_prstatus(Context& context) {
    std::vector<LoadedService> services;
    std::vector<ReservationView> views;
    const int code = context.for_each_service([&](const std::string& name) {
        const LoadedService& loaded = services.emplace_back(context.load(name));
        const std::optional<Selection> selection = context.selection(*loaded.service);
        if (!selection) return 0;
        std::vector<ReservationView> seen = look_at_reservations(context, *loaded.service, *selection);
        context.check_signals();
        if (seen.empty() && !context.json())
            fmt::print(context.terminal().err, "svcmgr: {} reserves no disks (no section says scsireserv = true)\n", name);
        for (ReservationView& view : seen) {
            if (!context.json()) context.terminal().out << reservations_text(view);
            views.push_back(std::move(view));
        }
        return 0;
    });
    if (context.json()) context.terminal().out << reservations_json(views, context.node().name()) << '\n';
    return code;
}

Step step_of(const Resource& resource, std::string_view verb, std::string reason) {
    constexpr Duration patience = std::chrono::minutes(1);
    Step step;
    step.rid = resource.rid();
    step.verb = verb;
    step.reason = std::move(reason);
    step.deadline = patience;
    return step;
}

int run_prrepair(Context& context) {
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load_strictly(name);
        const std::optional<Selection> selection = context.selection(*loaded.service);
        if (!selection) return 0;
        const auto reservations = reservations_of(*loaded.service, *selection);
        if (reservations.empty()) {
            fmt::print(context.terminal().err, "svcmgr: {} reserves no disks (no section says scsireserv = true)\n", name);
            return 0;
        }
        const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
        return do_action(context, name, [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
            const auto steps = [&] {
                std::vector<Step> all;
                all.reserve(reservations.size());
                for (const ScsiReservation* one : reservations)
                    all.push_back(step_of(*one, ScsiReservation::repair_verb, "remove what this node registered under another identity"));
                return all;
            };
            return instance.carry_out("prrepair", steps, options, watchers);
        });
    });
}

/// Of a running guest whose disks another node has taken: what `fenced_action` says, as steps. Looked at under the service's lock.
std::vector<Step> fenced_steps(const Instance& instance, const ScsiReservation& reservation) {
    const Observation now = instance.observe({{}, std::set<Rid>{reservation.rid()}}, Purpose::show);
    if (now.resources.at(reservation.rid()).detail != ScsiReservation::fenced) return {};
    const std::string action = reservation.options().text("fenced_action");
    const std::string reason = fmt::format("{} is fenced, and fenced_action = {}", reservation.rid().text(), action);
    if (action == "stop") return {step_of(*reservation.container(), Container::force_stop_verb, reason)};
    Step reboot;
    reboot.verb = "reboot node";
    reboot.reason = reason;
    reboot.deadline = std::chrono::seconds(10);
    return {reboot};
}

void heal(Context& context, const Instance& instance, const ScsiReservation& reservation, const ResourceObservation& seen) {
    const std::string& service = instance.service().name();
    const bool fenced = seen.detail == ScsiReservation::fenced;
    const std::string action = reservation.options().text("fenced_action");
    if (fenced && action == "none") {
        fmt::print(context.terminal().err, "svcmgr: {}: {} is fenced, and fenced_action = none: nothing is done\n", service,
                   reservation.rid().text());
        return;
    }
    if (!fenced && seen.unready.empty()) return;
    do_action(context, service, [&](ActOptions options, const std::vector<ActionWatcher*>& watchers) -> std::optional<Outcome> {
        options.wait_for_lock = Duration::zero();
        if (options.reason.empty()) options.reason = fenced ? "fenced" : seen.unready;
        if (fenced)
            return instance.carry_out(
                "fenced", [&] { return fenced_steps(instance, reservation); }, options, watchers);
        return instance.act({.action = "prstart", .goal = Goal::up, .rids = std::set<Rid>{reservation.rid()}, .by = Request::By::healer},
                            options, watchers);
    });
}

}  // namespace

std::vector<ReservationView> look_at_reservations(Context& context, const Service& service, const Selection& selection) {
    const Options limits = context.node().section("node");
    Looking looking(context.world(), Purpose::show, {limits.duration("look_timeout"), limits.duration("guest_timeout")});
    std::vector<ReservationView> views;
    for (const ScsiReservation* one : reservations_of(service, selection)) views.push_back({service.name(), *one, one->report(looking)});
    return views;
}

void heal_reservations(Context& context, const std::string& name) {
    const LoadedService loaded = context.load_strictly(name);
    const auto reservations = reservations_of(*loaded.service, {});
    if (reservations.empty()) return;
    const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
    std::set<Rid> rids;
    for (const ScsiReservation* one : reservations) rids.insert(one->rid());
    const Observation now = instance.observe({{}, rids}, Purpose::show);
    context.check_signals();
    for (const ScsiReservation* one : reservations) {
        try {
            heal(context, instance, *one, now.resources.at(one->rid()));
        } catch (const Error& error) {
            // A look does not wait for an action, which may change just this.
            if (error.code() == Error::Code::locked)
                fmt::print(context.terminal().err, "svcmgr: {}: {} is left to the next status --heal: {}\n", name, one->rid().text(),
                           error.message());
            else
                context.report(error);
        }
    }
}

std::vector<Command> reservation_commands() {
    constexpr std::string_view section = "Actions on a service";
    return {
        {"prstatus",
         "",
         section,
         "Who has registered with the service's disks and who holds them, disk by disk.",
         {"rid", "tags", "subsets", "format"},
         run_prstatus},
        {"prrepair",
         "",
         section,
         "Remove registrations that this node left under an earlier identity.",
         {"rid", "tags", "subsets", "waitlock", "reason", "format"},
         run_prrepair,
         {"text", "json"},
         "After a change of the initiator's name, or of its session identifiers, the old registrations stay in the disks with this node's "
         "key, "
         "and may hold the reservation. Every path that works keeps its right to write meanwhile."},
    };
}

}  // namespace svcmgr
