// boot: what the node brings up after it has booted (contract.md 4.9).

#include "svcmgr/cluster/boot.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <map>
#include <utility>

#include "drivers/error.h"
#include "resources/scsi_reservation.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/several.h"

namespace svcmgr {

namespace {

using Part = BootPart::Value;
using Prospect = BootProspect::Value;

/// What is kept of a service from one try to the next.
struct Tries {
    std::string said;  ///< what it was last seen to wait for
    bool gave_up_disks = false;
};

/// One service at one boot. Made anew for each try.
class Booting {
public:
    Booting(Context& context, const LoadedService& loaded, Deadline deadline, Tries& tries)
        : context_(context),
          loaded_(loaded),
          service_(*loaded.service),
          instance_(context.world(), context.paths(), context.node(), service_),
          part_(boot_part(service_, context.node().name())),
          deadline_(deadline),
          tries_(tries) {}

    std::optional<int> go() {
        if (left_out()) return 0;
        const Consideration now = instance_.consider(request());
        context_.check_signals();
        BootProspect prospect = boot_prospect(service_, now);
        int code = give_up(stale_reservations(service_, now.observation));
        if (prospect.value == Prospect::not_yet) return later(prospect);
        if (part_.value == Part::start && prospect.value == Prospect::ready) {
            const int start = act_on(context_, loaded_, "start");
            if (start == 0) return code;
            prospect = after_failure(start);
            if (prospect.value == Prospect::not_yet && !deadline_.passed(context_.world().clock)) return later(prospect);
            if (prospect.value != Prospect::elsewhere) code = std::max(code, start);
        }
        if (prospect.value == Prospect::elsewhere) say("is left alone: " + prospect.reason);
        return std::max(code, standby());
    }

    /// What `go` would do now.
    int show() {
        if (left_out()) {
            if (!frozen() && part_.value == Part::no_part) say("is not started: " + part_.reason);
            return 0;
        }
        const Consideration now = instance_.consider(request());
        context_.check_signals();
        const BootProspect prospect = boot_prospect(service_, now);
        const std::set<Rid> stale = stale_reservations(service_, now.observation);
        if (!stale.empty()) show_plan(context_, instance_.plan(release(stale)));
        if (prospect.value == Prospect::not_yet) say("would wait: " + prospect.reason);
        if (prospect.value == Prospect::elsewhere) say("is left alone: " + prospect.reason);
        if (part_.value == Part::start && prospect.value != Prospect::elsewhere) return show_plan(context_, now.plan);
        if (part_.value != Part::no_part) return standby();
        say("is not started: " + part_.reason);
        return 0;
    }

private:
    Request request() const { return request_for(context_, service_, {}, part_.value == Part::start ? "start" : "startstandby"); }

    bool left_out() {
        if (frozen()) {
            say("is left alone: it is frozen");
            return true;
        }
        if (part_.value == Part::nothing) say("is left alone: " + part_.reason);
        return part_.value == Part::nothing || (part_.value == Part::no_part && !has_reservation());
    }

    bool frozen() const { return instance_.frozen() || context_.world().files.facts(context_.paths().frozen_flag()).has_value(); }

    bool has_reservation() const {
        return std::ranges::any_of(service_.resources(),
                                   [](const auto& resource) { return resource->type() == ScsiReservation::resource_type; });
    }

    /// A start that was refused because of what a peer did meanwhile is no failure.
    BootProspect after_failure(int code) {
        constexpr int refused = 3;
        constexpr int unreachable = 6;
        if (code != refused && code != unreachable) return {};
        return boot_prospect(service_, instance_.consider(request()));
    }

    std::optional<int> later(const BootProspect& prospect) {
        if (!deadline_.passed(context_.world().clock)) {
            if (tries_.said != prospect.reason) say("waits: " + prospect.reason);
            tries_.said = prospect.reason;
            return std::nullopt;
        }
        const int code = context_.report(
            Error(Error::Code::unreachable, "not started at this boot: " + prospect.reason, service_.name(),
                  fmt::format("svcmgr -s {} boot tries again; boot_wait of node.conf is how long it waits", service_.name())));
        return part_.value == Part::start ? std::max(code, standby()) : code;
    }

    static Request release(const std::set<Rid>& stale) { return {.action = "prstop", .goal = Goal::down, .rids = stale}; }

    int give_up(const std::set<Rid>& stale) {
        if (stale.empty() || std::exchange(tries_.gave_up_disks, true)) return 0;
        return do_action(context_, service_.name(), [&](ActOptions options, const std::vector<ActionWatcher*>& watchers) {
            if (options.reason.empty()) options.reason = "left from before the boot";
            return instance_.act(release(stale), options, watchers);
        });
    }

    int standby() {
        const bool any = std::ranges::any_of(service_.resources(), [](const auto& resource) { return resource->standby(); });
        return any ? act_on(context_, loaded_, "startstandby") : 0;
    }

    void say(const std::string& what) const { fmt::print(context_.terminal().err, "svcmgr: {} {}\n", service_.name(), what); }

    Context& context_;
    const LoadedService& loaded_;
    const Service& service_;
    Instance instance_;
    BootPart part_;
    Deadline deadline_;
    Tries& tries_;
};

int run_boot(Context& context) {
    const std::vector<std::string> services = context.chosen_services_if_any();
    const Deadline deadline = Deadline::in(context.world().clock, context.node().section("node").duration("boot_wait"));
    std::map<std::string, Tries> tries;
    for (const std::string& name : services) tries[name];
    if (context.line().has("dry-run"))
        return context.for_each(services, [&](const std::string& name) {
            return Booting(context, context.load_strictly(name), deadline, tries.at(name)).show();
        });
    return act_side_by_side(context, services, Goal::up, [&](Context& own, const LoadedService& loaded) {
        return Booting(own, loaded, deadline, tries.at(loaded.service->name())).go();
    });
}

}  // namespace

Command boot_command() {
    return {"boot",
            "",
            "Actions on a service",
            "After the node has booted: start what orchestrate says runs here, and what stays up of the others.",
            {"dry-run", "waitlock", "jobs", "reason", "format"},
            run_boot,
            {"text", "json"},
            "svcmgr-boot.service runs it, or cron at @reboot. What is frozen, runs on a peer, or has orchestrate = ha is left alone. "
            "Hypervisors and peers that do not answer yet are waited for, as long as boot_wait of node.conf says; then it exits with 6."};
}

}  // namespace svcmgr
