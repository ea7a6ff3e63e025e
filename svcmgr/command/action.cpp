// start, stop and their parts, freeze and thaw.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <set>
#include <span>

#include "drivers/error.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/report/error_text.h"
#include "svcmgr/report/outcome.h"
#include "svcmgr/report/plan_report.h"
#include "svcmgr/report/progress.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

/// An action of one goal on some groups.
struct ActionWord {
    std::string_view word;
    Goal goal;
    std::optional<Group> group;
};

constexpr ActionWord action_words[] = {
    {"start", Goal::up, {}},
    {"stop", Goal::down, {}},
    {"startcontainer", Goal::up, Group::container},
    {"stopcontainer", Goal::down, Group::container},
    {"startapp", Goal::up, Group::app},
    {"stopapp", Goal::down, Group::app},
    {"startip", Goal::up, Group::ip},
    {"stopip", Goal::down, Group::ip},
    {"startdisk", Goal::up, Group::disk},
    {"stopdisk", Goal::down, Group::disk},
};

std::unique_ptr<ActionWatcher> progress_for(Context& context) {
    Terminal& terminal = context.terminal();
    if (terminal.err_is_terminal) return terminal_progress(terminal.err, context.world(), context.style());
    return line_progress(terminal.err, context.world());
}

ActOptions options_of(const CommandLine& line) {
    ActOptions options;
    options.argv = line.argv;
    options.reason = line.reason;
    options.wait_for_lock = line.wait_for_lock;
    options.run.jobs = line.jobs;
    if (line.has("disable-rollback")) options.run.rollback = RunOptions::Rollback::no;
    return options;
}

int act(Context& context, const Instance& instance, const Request& request) {
    if (context.line().has("dry-run")) return show_plan(context, instance.plan(request));
    return do_action(context, instance.service().name(), [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
        return instance.act(request, options, watchers);
    });
}

int act_on_each(Context& context, std::span<const std::string_view> words) {
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load_strictly(name);
        const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
        for (const std::string_view word : words)
            if (const int code = act(context, instance, request_for(context, *loaded.service, word)); code != 0) return code;
        return 0;
    });
}

template <std::size_t index>
int run_word(Context& context) {
    return act_on_each(context, {&action_words[index].word, 1});
}

int run_restart(Context& context) {
    static constexpr std::string_view stop_and_start[] = {"stop", "start"};
    return act_on_each(context, stop_and_start);
}

int run_freeze(Context& context) {
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        Instance(context.world(), context.paths(), context.node(), *loaded.service).freeze();
        fmt::print(context.terminal().out, "{} is frozen on {}: actions are refused until it is thawed\n", name, context.node().name());
        return 0;
    });
}

int run_thaw(Context& context) {
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        Instance(context.world(), context.paths(), context.node(), *loaded.service).thaw();
        fmt::print(context.terminal().out, "{} is thawed on {}\n", name, context.node().name());
        return 0;
    });
}

const std::vector<std::string_view> action_options = {"rid",      "force", "dry-run", "disable-rollback",
                                                      "waitlock", "jobs",  "reason",  "format"};

}  // namespace

Request request_for(Context& context, const Service& service, std::string_view action) {
    const auto word = std::ranges::find(action_words, action, &ActionWord::word);
    if (word == std::end(action_words))
        throw Error(Error::Code::invalid, fmt::format("'{}' is no action that has a plan", action), "",
                    "start, stop, startcontainer, stopapp … have one");
    Request request;
    request.action = word->word;
    request.goal = word->goal;
    if (word->group) request.groups = std::set{*word->group};
    request.rids = context.selection(service).rids;
    request.force = context.line().has("force");
    return request;
}

int show_plan(Context& context, const Plan& plan) {
    context.check_signals();
    context.terminal().out << (context.json() ? plan_json(plan) + "\n" : plan_text(plan, context.style()));
    if (plan.refused() == nullptr) return 0;
    context.terminal().err << error_text(*plan.refused()->refusal);
    return exit_code(*plan.refused()->refusal);
}

int do_action(Context& context, const std::string& service, const Doer& doer) {
    const std::unique_ptr<ActionWatcher> progress = progress_for(context);
    const std::unique_ptr<ActionWatcher> log =
        log_file_progress(context.world(), context.paths().log_of(service), context.node().log_limits());
    OutcomeCollector collector;
    const std::optional<Outcome> outcome = doer(options_of(context.line()), {progress.get(), log.get(), &collector});
    if (!outcome) return 0;
    if (context.json()) context.terminal().out << outcome_json(service, collector.action(), *outcome, collector.steps()) << '\n';
    if (outcome->error) context.terminal().err << error_text(*outcome->error);
    for (const std::string& left : outcome->left) fmt::print(context.terminal().err, "  left: {}\n", printable(left));
    if (!outcome->journal_problem.empty())
        fmt::print(context.terminal().err, "  the journal does not have all of it: {}\n", outcome->journal_problem);
    return outcome->exit_code();
}

std::vector<Command> action_commands() {
    constexpr std::string_view section = "Actions on a service";
    return {
        {"start", "", section, "Bring the service up: guards, guest, then its apps; undone when it fails.", action_options, run_word<0>},
        {"stop", "", section, "Bring it down: apps, then the guest, asked first and forced at its deadline.", action_options, run_word<1>},
        {"restart", "", section, "stop, then start.", action_options, run_restart},
        {"startcontainer", "", section, "Only the containers.", action_options, run_word<2>},
        {"stopcontainer", "", section, "Only the containers.", action_options, run_word<3>},
        {"startapp", "", section, "Only the launchers: S* in /svc/etc/init.d of the guest.", action_options, run_word<4>},
        {"stopapp", "", section, "Only the launchers: K*.", action_options, run_word<5>},
        {"startip", "", section, "Only the addresses; those of a guest are checked, not set.", action_options, run_word<6>},
        {"stopip", "", section, "Only the addresses.", action_options, run_word<7>},
        {"startdisk", "", section, "Only the disks.", action_options, run_word<8>},
        {"stopdisk", "", section, "Only the disks.", action_options, run_word<9>},
        {"freeze", "", section, "Refuse actions on the service on this node until it is thawed.", {}, run_freeze},
        {"thaw", "", section, "End the freeze.", {}, run_thaw},
    };
}

}  // namespace svcmgr
