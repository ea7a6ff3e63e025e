// What was done: print actions, print action, print timeline, logs.

#include "svcmgr/journal/journal.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <iterator>

#include "drivers/error.h"
#include "drivers/signals.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/guest_output.h"
#include "svcmgr/command/judged.h"
#include "svcmgr/journal/service_log.h"
#include "svcmgr/report/history.h"
#include "svcmgr/report/text.h"
#include "svcmgr/report/timeline.h"

namespace svcmgr {

namespace {

void check_problem(const JournalReader& journal) {
    if (!journal.problem().empty()) throw Error(Error::Code::failed, "the journal can't be read: " + journal.problem());
}

std::vector<ActionHistory> newest(Context& context, JournalReader& journal) {
    const int limit = context.line().limit;
    if (!context.line().services) return journal.actions("", limit);
    std::vector<ActionHistory> all;
    for (const std::string& service : context.services()) std::ranges::move(journal.actions(service, limit), std::back_inserter(all));
    std::ranges::stable_sort(all, std::greater(), [](const ActionHistory& history) { return history.action.sid; });
    if (all.size() > static_cast<std::size_t>(limit)) all.resize(static_cast<std::size_t>(limit));
    return all;
}

int run_print_actions(Context& context) {
    JournalReader journal(context.world(), context.paths().database);
    std::vector<JournaledAction> actions;
    for (ActionHistory& history : newest(context, journal)) actions.push_back(judged(context, std::move(history)));
    check_problem(journal);
    context.terminal().out << (context.json() ? actions_json(actions) + "\n" : actions_text(actions, context.style()));
    return 0;
}

/// The one action that the word on the command line means.
JournaledAction named_action(Context& context) {
    if (context.arguments.size() != 1)
        throw Error(Error::Code::invalid, "one sid is needed", "", "svcmgr print actions shows them; their ends will do");
    const std::string& text = context.arguments.front();
    JournalReader journal(context.world(), context.paths().database);
    const std::vector<std::string> sids = journal.find(text);
    check_problem(journal);
    if (sids.empty())
        throw Error(Error::Code::invalid, fmt::format("the journal has no action {}", text), "",
                    "svcmgr print actions shows those that it has; at least four characters of a sid's begin or end are needed");
    if (sids.size() > 1)
        throw Error(Error::Code::invalid, fmt::format("{} may be several actions: {}", text, fmt::join(sids, ", ")), "", "give more of it");
    std::optional<ActionHistory> history = journal.action(sids.front());
    check_problem(journal);
    if (!history) throw Error(Error::Code::failed, fmt::format("the action {} is gone", sids.front()));
    return judged(context, std::move(*history));
}

int run_print_action(Context& context) {
    const JournaledAction action = named_action(context);
    context.terminal().out << (context.json() ? action_json(action) + "\n" : action_text(action, context.style()));
    return 0;
}

int run_print_timeline(Context& context) {
    const Timeline timeline = timeline_of(named_action(context));
    context.terminal().out << (context.line().format == "svg" ? timeline_svg(timeline) : timeline_text(timeline, context.style()));
    return 0;
}

// --- logs

/// Lines of several logs, by the time that they begin with. A line without one belongs to the line before it.
class MergedLogs {
public:
    explicit MergedLogs(Context& context) : context_(context) {
        for (const std::string& service : context.services()) logs_.emplace_back(context.world(), context.paths().log_of(service));
    }

    void print_last(std::size_t count) {
        for (LogReader& log : logs_) take(log.last(count));
        sort();
        if (lines_.size() > count) lines_.erase(lines_.begin(), lines_.end() - static_cast<std::ptrdiff_t>(count));
        print();
    }

    void print_more() {
        for (LogReader& log : logs_) take(log.more());
        sort();
        print();
    }

    /// What could not be read, once each.
    std::string new_problem() {
        for (const LogReader& log : logs_)
            if (!log.problem().empty() && std::ranges::find(told_, log.problem()) == told_.end()) return told_.emplace_back(log.problem());
        return {};
    }

private:
    struct Line {
        std::string time;
        std::string text;
    };

    static bool begins_with_time(const std::string& line) {
        constexpr std::string_view shape = "0000-00-00 00:00:00,000 ";
        if (line.size() < shape.size()) return false;
        for (std::size_t i = 0; i < shape.size(); ++i)
            if (shape[i] == '0' ? line[i] < '0' || line[i] > '9' : line[i] != shape[i]) return false;
        return true;
    }

    void take(std::vector<std::string> lines) {
        constexpr std::size_t time_length = 23;
        std::string time;
        for (std::string& line : lines) {
            if (begins_with_time(line)) time = line.substr(0, time_length);
            lines_.push_back({time, std::move(line)});
        }
    }

    void sort() { std::ranges::stable_sort(lines_, {}, &Line::time); }

    void print() {
        for (const Line& line : lines_) context_.terminal().out << shown(line.text, context_.style()) << '\n';
        context_.terminal().out.flush();
        lines_.clear();
    }

    Context& context_;
    std::vector<LogReader> logs_;
    std::vector<Line> lines_;
    std::vector<std::string> told_;
};

int run_logs(Context& context) {
    if (context.line().rids) return print_guest_output(context);
    constexpr Duration interval = std::chrono::milliseconds(250);
    const World& world = context.world();
    MergedLogs logs(context);
    logs.print_last(context.line().lines);
    int code = 0;
    while (true) {
        for (std::string problem = logs.new_problem(); !problem.empty(); problem = logs.new_problem()) {
            fmt::print(context.terminal().err, "svcmgr: {}\n", shown(problem, context.style()));
            code = 1;
        }
        if (!context.line().has("follow")) return code;
        world.clock.sleep_until(world.clock.now() + interval);
        logs.print_more();
        if (const int signal = world.signals.take(); signal != 0) return 128 + signal;
    }
}

int run_prune(Context& context) {
    const Path& database = context.paths().database;
    std::ostream& out = context.terminal().out;
    if (const auto facts = context.world().files.facts(database); !facts && facts.error().absent()) {
        fmt::print(out, "there is no journal yet: {}\n", database);
        return 0;
    }
    const auto [forgotten, left] = Journal::prune(context.world(), database, context.node().retention());
    fmt::print(out, "{} {} forgotten, {} left\n", forgotten, forgotten == 1 ? "action" : "actions", left);
    return 0;
}

}  // namespace

JournaledAction judged(Context& context, ActionHistory history) {
    const ActionRecord& record = history.action;
    JournaledAction action{{}, history.state, {}};
    if (history.state == ActionState::running && !context.world().processes.alive(record.process)) action.state = ActionState::interrupted;
    const WallTime end = history.ended.value_or(context.world().clock.wall());
    const bool measured = history.ended || action.state == ActionState::running;
    if (measured) action.elapsed = history.elapsed.value_or(std::max(Duration::zero(), Duration(end - record.begun)));
    action.history = std::move(history);
    return action;
}

std::vector<Command> journal_commands() {
    constexpr std::string_view section = "What was done";
    return {
        {"print actions", "", section, "The journal: who did what, when, why, and how it ended.", {"limit", "format"}, run_print_actions},
        {"print action",
         "SID",
         section,
         "One action with its plan and each step's end. The end of its sid will do.",
         {"format"},
         run_print_action},
        {"print timeline", "SID", section, "When each step of an action began and ended.", {"format"}, run_print_timeline, {"text", "svg"}},
        {"logs",
         "",
         section,
         "The services' log files, merged by time; with --rid what these containers wrote.",
         {"rid", "lines", "follow"},
         run_logs},
        {"prune",
         "",
         section,
         "Forget the actions of the journal that node.conf does not want to keep.",
         {},
         run_prune,
         {"text"},
         "An action that ends does the same for a few of the oldest ones; svcmgr-prune.timer does it on a node on which nothing happens. "
         "What an interrupted action has left stays until another has completed it.",
         nullptr,
         Command::About::node},
    };
}

}  // namespace svcmgr
