// resource monitor and toc: what happens when a resource goes down by itself.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/signals.h"
#include "svcmgr/action/monitoring.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/several.h"

namespace svcmgr {

namespace {

constexpr Duration between_tries = std::chrono::seconds(1);
/// A guest that reboots itself may be off for a moment (faults.md C.5, 21): what goes down is looked at twice.
constexpr Duration second_look = std::chrono::seconds(2);
/// Enough to find what was done since the last look; older actions than these don't matter any more.
constexpr int newest_actions = 20;

using Verdict = Judgement::Verdict;

class Monitor {
public:
    Monitor(Context& context, const Service& service)
        : context_(context), service_(service), instance_(context.world(), context.paths(), context.node(), service) {}

    int run() {
        observation_ = instance_.observe({}, Purpose::show);
        context_.check_signals();
        if (const auto reason = hindrance()) return leave_alone(*reason);
        watch_ = Watch::open(context_.world(), context_.paths().database);
        before_ = watch_->of(service_.name());
        read_actions();  // those of before: our own are no reason not to try again
        std::vector<Judgement> judgements = judge_now();
        if (std::ranges::any_of(judgements, went_down)) {
            context_.world().clock.sleep_until(context_.world().clock.now() + second_look);
            look_again();
            judgements = judge_now();
        }
        tell(judgements);
        for (auto failed = to_restart(judgements); !failed.empty(); failed = to_restart(judgements)) {
            if (!start(failed)) return leave_alone("another action is running");
            if (context_.world().signals.pending() != 0) return 128 + context_.world().signals.pending();
            look_again();
            judgements = judge_now();
            if (to_restart(judgements).empty()) break;
            context_.world().clock.sleep_until(context_.world().clock.now() + between_tries);
        }
        remember_this();
        return conclude(judgements);
    }

private:
    std::optional<std::string> hindrance() const {
        if (observation_.frozen || observation_.node_frozen) return "it is frozen " + observation_.frozen_note;
        if (observation_.acting) return *observation_.acting + " runs now";
        if (observation_.interrupted) return fmt::format("{} was interrupted", observation_.interrupted->action);
        if (!observation_.journal_problem.empty()) return observation_.journal_problem;
        if (const auto engine = instance_.look_at_engine(); engine && !engine->resource.empty())
            return "a cluster engine decides about it: " + engine->detail;
        else if (engine && engine->value == EngineSight::Value::unknown)
            return "whether a cluster engine manages it is not known: " + engine->detail;
        return {};
    }

    int leave_alone(const std::string& reason) {
        say(fmt::format("left alone: {}", reason));
        return 0;
    }

    void say(const std::string& text) { fmt::print(context_.terminal().err, "svcmgr: {}: {}\n", service_.name(), text); }

    Look now() { return {observation_, before_, actions_}; }
    void read_actions() { actions_ = JournalReader(context_.world(), context_.paths().database).actions(service_.name(), newest_actions); }
    std::vector<Judgement> judge_now() { return judge(service_, now()); }
    void look_again() { observation_ = instance_.observe({}, Purpose::show); }
    void remember_this() {
        read_actions();
        watch_->put(service_.name(), remember(service_, now()));
    }

    void tell(const std::vector<Judgement>& judgements) {
        for (const Judgement& judgement : judgements)
            if (judgement.verdict == Verdict::unknown || judgement.verdict == Verdict::restart)
                say(fmt::format("{}: {}", judgement.resource->rid().text(), judgement.reason));
    }

    static bool went_down(const Judgement& judgement) {
        return judgement.verdict == Verdict::restart || judgement.verdict == Verdict::exhausted;
    }

    static std::vector<Judgement> to_restart(const std::vector<Judgement>& judgements) {
        std::vector<Judgement> failed;
        std::ranges::copy_if(judgements, std::back_inserter(failed), [](const auto& one) { return one.verdict == Verdict::restart; });
        return failed;
    }

    /// False when somebody else acts on the service meanwhile.
    bool start(const std::vector<Judgement>& failed) {
        Request request{.action = "start", .goal = Goal::up, .rids = std::set<Rid>()};
        std::string reason = "resource monitor:";
        for (const Judgement& one : failed) {
            const Rid& rid = one.resource->rid();
            request.rids->insert(rid);
            Watched& watched = before_[rid];
            ++watched.tries;
            watched.tried = context_.world().clock.wall();
            reason += fmt::format(" {} went down, try {} of {};", rid.text(), watched.tries, watched.tries + one.tries_left - 1);
        }
        reason.pop_back();
        watch_->put(service_.name(), before_);
        try {
            do_action(context_, service_.name(), [&](ActOptions options, const std::vector<ActionWatcher*>& watchers) {
                options.wait_for_lock = Duration::zero();
                options.reason = reason;
                return instance_.act(request, options, watchers);
            });
        } catch (const Error& error) {
            if (error.code() == Error::Code::locked) return false;
            throw;
        }
        return true;
    }

    /// The first monitored resource that is down for good decides.
    int conclude(const std::vector<Judgement>& judgements) {
        const auto failed = [](const Judgement& one) { return one.verdict == Verdict::exhausted; };
        if (std::ranges::none_of(judgements, failed)) return 0;
        for (const Judgement& one : judgements)
            if (failed(one)) say(fmt::format("{}: {}", one.resource->rid().text(), one.reason));
        const auto monitored =
            std::ranges::find_if(judgements, [&](const Judgement& one) { return failed(one) && one.resource->monitored(); });
        if (monitored == judgements.end()) return 1;
        if (service_.defaults().text("monitor_action") == "none") {
            say(fmt::format("{} is monitored, and monitor_action = none: nothing is done with the node",
                            monitored->resource->rid().text()));
            return 1;
        }
        if (const auto done = done_lately()) {
            say(fmt::format("toc was done for it at {}: nothing more is done with the node until somebody has looked", *done));
            return 1;
        }
        return std::max(1, last_resort(fmt::format("monitored {} is down", monitored->resource->rid().text())));
    }

    /// A node that is rebooted again and again for what a reboot does not help serves nobody.
    std::optional<std::string> done_lately() {
        constexpr auto lately = std::chrono::hours(1);
        for (const ActionHistory& history : actions_)
            if (history.action.action == "toc" && history.state != ActionState::refused &&
                context_.world().clock.wall() - history.action.begun < lately)
                return to_iso8601(history.action.begun);
        return {};
    }

public:
    int last_resort(const std::string& reason) {
        const Plan plan = instance_.plan_toc();
        if (context_.line().has("dry-run")) return show_plan(context_, plan);
        const int code = do_action(context_, service_.name(), [&](ActOptions options, const std::vector<ActionWatcher*>& watchers) {
            if (options.reason.empty()) options.reason = reason;
            return instance_.toc(options, watchers);
        });
        if (code == 0 && service_.defaults().text("monitor_action") == "switch") return move_away(reason);
        if (code != 0 || service_.defaults().text("monitor_action") != "freezestop") return code;
        const Request stop{.action = "stop", .goal = Goal::down, .force = true};
        return do_action(context_, service_.name(), [&](ActOptions options, const std::vector<ActionWatcher*>& watchers) {
            if (options.reason.empty()) options.reason = reason;
            return instance_.act(stop, options, watchers);
        });
    }

private:
    /// To the first of the other nodes that would start it.
    int move_away(const std::string& reason) {
        for (const std::string& node : service_.nodes()) {
            if (node == context_.node().name()) continue;
            const Move move{"switch", node, false};
            if (const Plan plan = instance_.plan(move); plan.refused() != nullptr) {
                say(fmt::format("it is not switched to {}: {}", node, plan.refused()->refusal->message()));
                continue;
            }
            return do_action(context_, service_.name(), [&](ActOptions options, const std::vector<ActionWatcher*>& watchers) {
                if (options.reason.empty()) options.reason = reason;
                return instance_.act(move, options, watchers);
            });
        }
        say("no other node would start it: it stays as it is");
        return 1;
    }

    Context& context_;
    const Service& service_;
    const Instance instance_;
    Observation observation_;
    std::unique_ptr<Watch> watch_;
    std::map<Rid, Watched> before_;
    std::vector<ActionHistory> actions_;
};

int run_monitor(Context& context) {
    const std::vector<std::string> services = context.chosen_services_if_any();
    const auto each = [](Context& own, const LoadedService& loaded) { return Monitor(own, *loaded.service).run(); };
    if (services.size() > 1) return act_side_by_side(context, services, Goal::up, each);
    return context.for_each(services, [&](const std::string& name) { return each(context, context.load_strictly(name)); });
}

int run_toc(Context& context) {
    return Monitor(context, *context.load_strictly(context.only_service()).service).last_resort("");
}

}  // namespace

std::vector<Command> monitor_commands() {
    constexpr std::string_view section = "Actions on a service";
    return {
        {"resource monitor",
         "",
         section,
         "Start again what went down by itself, and do what monitor_action says of a monitored resource that stays down.",
         {"waitlock", "jobs", "reason", "format"},
         run_monitor,
         {"text", "json"},
         "For cron or a timer, once a minute. It acts on resources with `restart` or `monitor` that were up when it looked last and that "
         "no action has taken down since: never on what a person stopped, on a frozen service, or beside another action. A resource whose "
         "state is not known, or that is merely warn, is left alone. Its tries are given back once it has been up for ten minutes. Exits "
         "with 0 when all is well again, and with 1 when something stays down."},
        {"toc",
         "",
         section,
         "Run pre_monitor_action, then do what monitor_action says: reboot or crash the node at once, freeze and stop the service, or "
         "switch it.",
         {"dry-run", "disable-rollback", "waitlock", "jobs", "reason", "format"},
         run_toc,
         {"text", "json"},
         "A reboot or a crash does not sync disks and stops nothing: whatever runs on this node is gone."},
    };
}

}  // namespace svcmgr
