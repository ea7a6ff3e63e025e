// report: what is seen now, as a page for a browser.

#include <algorithm>

#include "drivers/error.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/everywhere.h"
#include "svcmgr/command/judged.h"
#include "svcmgr/report/page.h"

namespace svcmgr {

namespace {

/// What shows a node's addresses and failures is not for everybody; a file that exists keeps its mode.
constexpr std::uint32_t page_mode = 0600;
/// How far back somebody looks for an action that has begun a step.
constexpr int recent = 20;

bool has_begun_a_step(const ActionHistory& history) {
    return std::ranges::any_of(history.steps, [](const StepRecord& record) { return record.begun && !record.step.guard(); });
}

/// The newest action, and the newest that has a timeline: the same one, unless that was refused or had nothing to do.
void add_actions(Context& context, JournalReader& journal, PageService& one) {
    const std::string& name = one.view.service.name();
    std::vector<ActionHistory> newest = journal.actions(name, 1);
    if (newest.empty()) return;
    one.last = judged(context, newest.front());
    if (!has_begun_a_step(newest.front())) newest = journal.actions(name, recent);
    if (const auto found = std::ranges::find_if(newest, has_begun_a_step); found != newest.end())
        one.drawn = judged(context, std::move(*found));
}

Page page_of(Context& context, const SeenEverywhere& seen) {
    Page page;
    page.node = context.node().name();
    page.observed = context.world().clock.wall();
    page.peers_asked = !context.line().has("local");
    page.unread = seen.unread;
    JournalReader journal(context.world(), context.paths().database);
    for (std::size_t i = 0; i < seen.loaded.size(); ++i) {
        const Service& service = *seen.loaded[i].service;
        PageService one{{service, seen.here[i], service.summarize(seen.here[i])}, seen.everywhere[i], {}, {}};
        add_actions(context, journal, one);
        page.services.push_back(std::move(one));
    }
    page.journal_problem = journal.problem();
    return page;
}

int run_report(Context& context) {
    const Path& file = context.line().output_file;
    if (file.empty())
        throw Error(Error::Code::invalid, "a report needs a file", "", "svcmgr report --html FILE; '-' is the standard output");
    const SeenEverywhere seen = look_everywhere(context, context.chosen_services_if_any());
    const std::string text = page_html(page_of(context, seen));
    context.check_signals();
    if (file == "-")
        context.terminal().out << text << std::flush;
    else
        context.world().files.replace(file, text, page_mode);
    return seen.code;
}

}  // namespace

std::vector<Command> report_commands() {
    return {
        {"report",
         "",
         "Looking",
         "What is seen now, as one page for a browser.",
         {"html", "local"},
         run_report,
         {},
         "Services by nodes, and of each its resources, the order of its start and its last action. The page is one file without scripts, "
         "and "
         "fetches nothing: it can be sent by mail, put on a web server or printed. Only its owner can read it unless the file existed with "
         "another mode. It keeps what it has until all is known, and when there is no room for more."},
    };
}

}  // namespace svcmgr
