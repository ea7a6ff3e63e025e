// start, stop and their parts, freeze and thaw.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <set>

#include "drivers/error.h"
#include "svcmgr/action/words.h"
#include "svcmgr/cluster/pressure.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/several.h"
#include "svcmgr/report/diagram.h"
#include "svcmgr/report/error_text.h"
#include "svcmgr/report/outcome.h"
#include "svcmgr/report/plan_report.h"
#include "svcmgr/report/progress.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

/// Nothing where the journal would have every event twice: what is printed, and what do_action() hands it with its fields.
std::unique_ptr<ActionWatcher> progress_for(Context& context) {
    Terminal& terminal = context.terminal();
    if (terminal.err_is_journal && context.world().files.facts(SystemLog::journal_socket(context.paths().root))) return {};
    if (terminal.err_is_terminal) return terminal_progress(terminal.err, context.world(), context.style());
    return line_progress(terminal.err, context.world());
}

ActOptions options_of(const Context& context, const Files& files) {
    const CommandLine& line = context.line();
    ActOptions options;
    options.run.until = context.until;
    options.argv = line.argv;
    options.reason = line.reason;
    options.force = line.has("force");
    options.wait_for_lock = line.wait_for_lock;
    options.run.jobs = line.has("jobs") ? line.jobs : actions_at_once(files);
    if (line.has("disable-rollback")) options.run.rollback = RunOptions::Rollback::no;
    return options;
}

/// --upto of a start, --downto of a stop.
std::optional<Group> last_group(const CommandLine& line, const ActionWord& word) {
    const std::string& name = line.last_group;
    if (name.empty()) return {};
    const bool upto = line.has("upto");
    if (line.has("downto") == upto || word.group || upto != (word.goal == Goal::up))
        throw Error(Error::Code::invalid, fmt::format("{} takes no --{}", word.word, upto ? "upto" : "downto"), "",
                    "--upto goes with start, --downto with stop and shutdown");
    if (const std::optional<Group> group = startable_group(name)) return group;
    throw Error(Error::Code::invalid, fmt::format("'{}' is no group", name), "", "ip, disk, fs, share, container and app are");
}

int act(Context& context, const Instance& instance, const Request& request) {
    if (context.line().has("dry-run")) return show_plan(context, instance.plan(request));
    return do_action(context, instance.service().name(), [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
        return instance.act(request, options, watchers);
    });
}

/// A single service has the terminal for itself, and plans are shown one after the other.
int act_on_each(Context& context, const std::vector<std::string>& services, std::string_view word) {
    if (services.size() > 1 && !context.line().has("dry-run")) {
        const auto each = [word](Context& own, const LoadedService& loaded) { return act_on(own, loaded, word); };
        return act_side_by_side(context, services, find_action_word(word)->goal, each);
    }
    return context.for_each(services, [&](const std::string& name) { return act_on(context, context.load_strictly(name), word); });
}

int run_action(Context& context) {
    return act_on_each(context, context.chosen_services(), context.command);
}

/// The node goes down: whatever hangs, it ends in time.
int run_shutdown(Context& context) {
    const std::vector<std::string> services = context.chosen_services_if_any();
    context.until = Deadline::in(context.world().clock, context.node().section("node").duration("shutdown_timeout"));
    return act_on_each(context, services, context.command);
}

/// Everything is down before anything is started: services that belong together see each other that way.
int run_restart(Context& context) {
    const std::vector<std::string> services = context.chosen_services();
    for (const std::string_view word : {"stop", "start"})
        if (const int code = act_on_each(context, services, word); code != 0) return code;
    return 0;
}

int run_freeze(Context& context) {
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        Instance(context.world(), context.paths(), context.node(), *loaded.service).freeze(context.line().reason);
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

/// An engine that runs while the node goes down stops what it manages itself, and knows where to start it.
bool left_to_engine(Context& context, const Instance& instance) {
    if (context.line().has("force") || asked_by(context.line()) == Request::By::engine) return false;
    const std::optional<EngineSight> engine = instance.look_at_engine();
    if (!engine || engine->value != EngineSight::Value::manages) return false;
    fmt::print(context.terminal().err, "svcmgr: {} is left alone: the cluster engine stops it ({})\n", instance.service().name(),
               engine->detail);
    return true;
}

std::set<Rid> of_type(const Service& service, const Selection& selection, std::string_view type) {
    std::set<Rid> rids;
    for (const auto& resource : service.resources())
        if (resource->type() == type && selection.contains(*resource)) rids.insert(resource->rid());
    return rids;
}

const std::vector<std::string_view> action_options = {"rid",      "tags", "subsets", "force", "dry-run", "disable-rollback",
                                                      "waitlock", "jobs", "reason",  "format"};

}  // namespace

int act_on(Context& context, const LoadedService& loaded, std::string_view word) {
    const std::optional<Selection> selection = context.selection(*loaded.service);
    if (!selection) return 0;
    const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
    if (word == "shutdown" && left_to_engine(context, instance)) return 0;
    return act(context, instance, request_for(context, *loaded.service, *selection, word));
}

Request request_for(const Context& context, const Service& service, const Selection& selection, std::string_view action) {
    const ActionWord* word = find_action_word(action);
    if (word == nullptr)
        throw Error(Error::Code::invalid, fmt::format("'{}' is no action that has a plan", action), "",
                    "start, stop, startcontainer, stopapp … have one");
    Request request;
    request.action = word->word;
    request.goal = word->goal;
    request.standby = word->standby;
    request.targets = word->targets;
    if (word->group) request.groups = std::set{*word->group};
    if (const std::optional<Group> last = last_group(context.line(), *word)) request.groups = groups_until(word->goal, *last);
    request.rids = selection.rids;
    if (!word->type.empty()) request.rids = of_type(service, selection, word->type);
    request.foreign_keys = context.line().foreign_keys;
    request.fenced = context.line().fenced;
    request.force = context.line().has("force");
    request.reason = context.line().reason;
    request.by = asked_by(context.line());
    return request;
}

Request::By asked_by(const CommandLine& line) {
    return line.has("by-engine") ? Request::By::engine : Request::By::hand;
}

std::vector<std::string> action_names() {
    std::vector<std::string> names;
    for (const ActionWord& word : action_words()) names.emplace_back(word.word);
    return names;
}

int show_plan(Context& context, const Plan& plan) {
    context.check_signals();
    if (context.draws())
        show_diagram(context, diagram_of(plan));
    else
        context.terminal().out << (context.json() ? plan_json(plan) + "\n" : plan_text(plan, context.style()));
    if (plan.refused() == nullptr) return 0;
    context.terminal().err << error_text(*plan.refused()->refusal);
    return exit_code(*plan.refused()->refusal);
}

void show_diagram(Context& context, const Diagram& diagram) {
    const std::string& format = context.line().format;
    context.terminal().out << (format == "dot"   ? diagram_dot(diagram)
                               : format == "svg" ? diagram_svg(diagram)
                                                 : diagram_tree(diagram, context.style()));
}

int do_action(Context& context, const std::string& service, const Doer& doer) {
    const std::unique_ptr<ActionWatcher> progress = progress_for(context);
    const std::unique_ptr<ActionWatcher> log =
        log_file_progress(context.world(), context.paths().log_of(service), context.node().log_limits());
    const std::unique_ptr<ActionWatcher> system_log = system_log_progress(context.world(), context.paths().root);
    OutcomeCollector collector;
    std::vector<ActionWatcher*> watchers{log.get(), system_log.get(), &collector};
    if (progress) watchers.insert(watchers.begin(), progress.get());
    const std::optional<Outcome> outcome = doer(options_of(context, context.world().files), watchers);
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
    std::vector<Command> commands;
    for (const ActionWord& word : action_words()) {
        commands.push_back({word.word, "", section, word.text, action_options, word.word == "shutdown" ? run_shutdown : run_action});
        if (word.goal == Goal::up) commands.back().options.push_back("force-foreign-key");
        if (word.goal == Goal::up || word.goal == Goal::down) commands.back().options.push_back("by-engine");
        if (word.word == "start" || word.word == "stop") commands.back().options.push_back("node");
        if (word.word == "start") commands.back().options.push_back("fenced");
        if (!word.group) commands.back().options.push_back(word.goal == Goal::up ? "upto" : "downto");
        if (word.word == "stop") commands.push_back({"restart", "", section, "stop, then start.", action_options, run_restart});
        if (word.word == "stop") commands.back().options.push_back("by-engine");
    }
    commands.push_back(boot_command());
    commands.push_back(
        {"freeze", "", section, "Refuse actions on the service on this node until it is thawed.", {"reason", "node"}, run_freeze});
    commands.push_back({"thaw", "", section, "End the freeze.", {"node"}, run_thaw});
    return commands;
}

}  // namespace svcmgr
