// recover: what to do about an action that was killed.

#include "svcmgr/report/recover.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "drivers/error.h"
#include "svcmgr/action/recovery.h"
#include "svcmgr/command/actions.h"

namespace svcmgr {

namespace {

Recovery recovery_of(Context& context, Recovery::Way way) {
    return {way, context.line().has("force")};
}

Plan plan_of(Context& context, const Instance& instance, Recovery::Way way) {
    std::optional<Planned> planned = instance.plan_recovery(recovery_of(context, way));
    return planned ? std::move(planned->plan) : Plan{};  // somebody has recovered it since the look before
}

OpenActions open_actions(const Instance& instance) {
    OpenActions open = instance.interrupted();
    if (open.problem.empty()) return open;
    throw Error(Error::Code::failed, "whether an action was interrupted is not known: " + open.problem, instance.service().name());
}

Choices choices_of(Context& context, const Instance& instance) {
    Choices choices;
    choices.service = instance.service().name();
    const OpenActions open = open_actions(instance);
    const ActionHistory* interrupted = interrupted_action(open.actions);
    if (interrupted == nullptr) return choices;
    choices.interrupted = *interrupted;
    for (const ActionHistory& other : open.actions)
        if (&other != interrupted && other.action.aim.undoes.empty())
            choices.older.push_back({other.action.sid, other.action.action, "", other.action.begun});
    choices.redo = plan_of(context, instance, Recovery::Way::redo);
    choices.undo = plan_of(context, instance, Recovery::Way::undo);
    return choices;
}

int show_choices(Context& context, const Instance& instance) {
    const Choices choices = choices_of(context, instance);
    context.check_signals();
    context.terminal().out << (context.json() ? choices_json(choices) + "\n" : choices_text(choices, context.style()));
    return 0;
}

/// Before anything was done it says that there is nothing to do, as the choices do.
int do_recovery(Context& context, const Instance& instance, Recovery::Way way) {
    if (interrupted_action(open_actions(instance).actions) == nullptr) return show_choices(context, instance);
    if (context.line().has("dry-run")) {
        const std::optional<Planned> planned = instance.plan_recovery(recovery_of(context, way));
        return planned ? show_plan(context, planned->plan) : show_choices(context, instance);
    }
    bool was_there = true;  // somebody else may recover it while this one waits for the lock
    const auto recover = [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
        std::optional<Outcome> outcome = instance.recover(recovery_of(context, way), options, watchers);
        was_there = outcome.has_value();
        return outcome;
    };
    const int code = do_action(context, instance.service().name(), recover);
    if (!was_there) return show_choices(context, instance);
    if (code != 0) return code;
    const OpenActions open = instance.interrupted();
    if (const ActionHistory* history = interrupted_action(open.actions); history != nullptr) {
        const ActionRecord& older = history->action;
        fmt::print(context.terminal().err, "  {} of {} is still interrupted, sid {}: recover again\n", older.action,
                   to_iso8601(older.begun), older.sid);
    }
    return code;
}

int run_recover(Context& context) {
    const bool redo = context.line().has("redo"), undo = context.line().has("undo");
    if (redo && undo) throw Error(Error::Code::invalid, "--redo and --undo are two ways", "", "give one of them, or none to see both");
    if (!redo && !undo && context.line().has("dry-run"))
        throw Error(Error::Code::invalid, "--dry-run of what?", "", "recover alone shows both ways and does nothing");
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = redo || undo ? context.load_strictly(name) : context.load(name);
        const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
        if (!redo && !undo) return show_choices(context, instance);
        return do_recovery(context, instance, redo ? Recovery::Way::redo : Recovery::Way::undo);
    });
}

}  // namespace

std::vector<Command> recover_commands() {
    return {
        {"recover",
         "",
         "Actions on a service",
         "After svcmgr was killed: show what was interrupted and both ways on, or take one with --redo or --undo.",
         {"redo", "undo", "force", "dry-run", "disable-rollback", "waitlock", "jobs", "reason", "format"},
         run_recover,
         {"text", "json"},
         "Alone it changes nothing and exits with 0, as it does when nothing was interrupted. A way is an action: it has a plan that "
         "--dry-run "
         "shows, is journaled, and exits as any action does: 3 when it is refused, 5 when something could not be undone."},
    };
}

}  // namespace svcmgr
