// What a peer may have done here: a few actions with a few options, and nothing else.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <span>

#include "drivers/error.h"
#include "svcmgr/cluster/outlook.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/peer_verbs.h"
#include "svcmgr/command/remote.h"

namespace svcmgr {

namespace {

constexpr std::string_view options_of_peers[] = {"force",  "reason", "waitlock", "dry-run", "rid",
                                                 "format", "to",     "from",     "local",   "by-engine"};
/// What is about this side of the call.
constexpr std::string_view options_of_callers[] = {"service", "node", "on", "color"};

bool contains(std::span<const std::string_view> options, const std::string& option) {
    return std::ranges::find(options, option) != options.end();
}

Error not_allowed(const std::string& what) {
    return Error(Error::Code::refused, fmt::format("a peer may not {}", what), "svcmgr peer act", "do it on this node itself");
}

/// Runs something as if `line` had been typed here.
int as_own_command(Context& context, const CommandLine& line, const std::function<int(Context&)>& run) {
    context.node();  // what it configures is configured before another Context reads it
    Context own(context.world(), context.paths(), context.terminal(), line, nullptr);
    try {
        return run(own);
    } catch (const Error& error) {
        return own.report(error);
    }
}

/// `act [OPTION…] SERVICE ACTION…`
int run_act(Context& context, const std::vector<std::string>& words) {
    const CommandLine said = parse_command_line(words);
    if (said.words.size() < 2)
        throw Error(Error::Code::invalid, "act on what, and how?", "svcmgr peer act", "a service and an action, start for example");
    const std::string& service = said.words.front();
    check_service_name(service);
    const FoundCommand found = find_command({said.words.begin() + 1, said.words.end()});
    if (found.command == nullptr || !found.arguments.empty() || !for_peers(*found.command))
        throw not_allowed(fmt::format("ask for '{}'", fmt::join(said.words.begin() + 1, said.words.end(), " ")));
    for (const std::string& option : said.given)
        if (!contains(options_of_peers, option) || !found.command->takes(option))
            throw not_allowed(fmt::format("give --{} to '{}'", option, found.command->words));
    CommandLine line = said;
    line.services = {service};
    return as_own_command(context, line, [&](Context& own) {
        own.command = found.command->words;
        return found.command->run(own);
    });
}

/// `take [--force] [--reason TEXT] SERVICE SOURCE`: a start, for the node SOURCE, which has seen the service stop a moment ago.
int run_take(Context& context, const std::vector<std::string>& words) {
    CommandLine line = parse_command_line(words);
    const bool allowed = std::ranges::all_of(line.given, [](const std::string& option) { return option == "force" || option == "reason"; });
    if (line.words.size() != 2 || !allowed)
        throw Error(Error::Code::invalid, "take what, from whom?", "svcmgr peer take", "a service and a node");
    const std::string service = line.words.front(), source = line.words.back();
    check_service_name(service);
    check_service_name(source);
    line.services = {service};
    return as_own_command(context, line, [&](Context& own) {
        const LoadedService loaded = own.load_strictly(service);
        const Instance instance(own.world(), own.paths(), own.node(), *loaded.service);
        Request request = request_for(own, *loaded.service, {}, "start");
        request.stopped_on = source;
        request.by = Request::By::mover;
        return do_action(own, service, [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
            return instance.act(request, options, watchers);
        });
    });
}

/// `could [--force] SERVICE SOURCE`: whether a start here would be refused once the node SOURCE has stopped the service.
int run_could(Context& context, const std::vector<std::string>& words) {
    const CommandLine line = parse_command_line(words);
    const bool only_force = std::ranges::all_of(line.given, [](const std::string& option) { return option == "force"; });
    if (line.words.size() != 2 || !only_force)
        throw Error(Error::Code::invalid, "could it start what, after whom?", "svcmgr peer could", "a service and a node");
    const std::string& source = line.words.back();
    check_service_name(line.words.front());
    check_service_name(source);
    Outlook outlook;
    try {
        outlook = outlook_of_start(context, context.load_strictly(line.words.front()), source, line.has("force"));
    } catch (const Error& error) {
        outlook.refusal = Error(Error::Code::refused, error.message(), error.where(), error.hint());
    }
    context.terminal().out << to_json(outlook) << '\n';
    return 0;
}

}  // namespace

Outlook outlook_of_start(Context& context, const LoadedService& loaded, const std::string& source, bool force) {
    Outlook outlook;
    outlook.config = mark_of(loaded.document.text());
    const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
    const Plan plan =
        instance.plan(Request{.action = "start", .goal = Goal::up, .force = force, .takes_over_from = source, .by = Request::By::mover});
    if (const Step* no = plan.refused(); no != nullptr) outlook.refusal = no->refusal;
    for (const Step& step : plan.steps) outlook.deadline += step.deadline;
    return outlook;
}

bool for_peers(const Command& command) {
    return std::ranges::any_of(command.options, [](std::string_view option) { return option == "node" || option == "on"; });
}

std::vector<std::string> options_for_peer(const CommandLine& line) {
    std::vector<std::string> words;
    if (line.has("force")) words.emplace_back("--force");
    if (line.has("dry-run")) words.emplace_back("--dry-run");
    if (line.has("by-engine")) words.emplace_back("--by-engine");
    if (line.has("local")) words.emplace_back("--local");
    if (line.has("reason")) words.insert(words.end(), {"--reason", line.reason});
    if (line.wait_for_lock)
        words.insert(words.end(),
                     {"--waitlock", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*line.wait_for_lock).count())});
    if (line.has("rid")) words.insert(words.end(), {"--rid", fmt::format("{}", fmt::join(*line.rids, ","))});
    if (line.has("format")) words.insert(words.end(), {"--format", line.format});
    for (const std::string_view option : {"to", "from"})
        if (line.has(option)) words.insert(words.end(), {fmt::format("--{}", option), line.target});
    for (const std::string& option : line.given)
        if (!contains(options_of_peers, option) && !contains(options_of_callers, option))
            throw Error(Error::Code::invalid, fmt::format("--{} can't be given to a peer", option), "", "leave it out, or log in there");
    return words;
}

std::vector<PeerVerb> peer_act_verbs() {
    return {
        {"could", "[--force] SERVICE NODE", "whether it could start here once that node has stopped it", run_could},
        {"take", "[--force] [--reason TEXT] SERVICE NODE", "start it here, now that that node has stopped it", run_take},
        {"act", "[OPTION…] SERVICE ACTION", "start, stop and the like", run_act},
    };
}

}  // namespace svcmgr
