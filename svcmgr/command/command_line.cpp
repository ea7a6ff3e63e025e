#include "svcmgr/command/command_line.h"

#include <fmt/format.h>

#include <algorithm>

#include <boost/program_options.hpp>

#include "drivers/error.h"
#include "drivers/options.h"
#include "svcmgr/config/finding.h"

namespace svcmgr {

namespace {

namespace po = boost::program_options;

using Times = CommandOption::Times;

constexpr CommandOption options[] = {
    {"service", 's', "NAME[,NAME…]",
     "The services to act on, patterns like 'web*' too; without it, all that have an env file on this node."},
    {"status", 0, "STATUS[,STATUS…]", "Only services whose overall status is one of these: up, down, warn …"},
    {"onlyprimary", 0, "", "Only services that should run on this node: it is the first of their nodes."},
    {"onlysecondary", 0, "", "Only services that should run on another node."},
    {"rid", 0, "RID[,RID…]", "Only these resources; a word without '#' means every resource of that kind."},
    {"tags", 0, "TAG[+TAG…][,…]", "Only resources with these tags: '+' means and, ',' means or."},
    {"subsets", 0, "SUBSET[,SUBSET…]", "Only resources of these subsets."},
    {"force", 'f', "", "Take the risk that a guard warns of: act on a frozen service, or although an address answers."},
    {"by-engine", 0, "",
     "A cluster engine's agent asks for it: what is refused by hand while the engine manages the service (orchestrate = ha) is done."},
    {"force-foreign-key", 0, "KEY[,KEY…]",
     "Take disks from the holder of this reservation key, who is no node of the service; --force does not."},
    {"cached", 0, "", "Show what was seen last, without asking anybody; how old it is is said."},
    {"drill", 0, "", "Show which nodes could start it, as the last `svcmgr drill` found, and how old that is. Asks no peer."},
    {"heal", 0, "", "Put right what has become of the reservations of guests that run here, and do what fenced_action says."},
    {"node", 0, "NODE", "Let this peer do it; what it says is shown as it comes, and its exit code is that of the command."},
    {"on", 0, "DRPNODE", "The node of the disaster recovery site that does it."},
    {"from", 0, "DRPNODE", "The node of the disaster recovery site that it returns from."},
    {"to", 0, "NODE", "Where the service is to run."},
    {"local", 0, "", "Ask no peer: only what this node sees."},
    {"watch", 'w', "", "Look again every few seconds, until a signal comes."},
    {"dry-run", 0, "", "Print the plan that would be run, and run nothing."},
    {"upto", 0, "GROUP", "The last group that is started: ip, disk, fs, share, container, app."},
    {"downto", 0, "GROUP", "The last group that is stopped, from app down."},
    {"disable-rollback", 0, "", "Leave what was done as it is when a start fails."},
    {"fenced", 0, "NODE[,NODE…]",
     "What does not answer and is one of these is off, or has nothing of the service: a cluster engine has fenced it, or saw it leave."},
    {"waitlock", 0, "SECONDS",
     "How long to wait for another action on the same service; `lock_timeout` of its env file, or 60, by default."},
    {"jobs", 'j', "N",
     "How many steps may run at once; by default two for each processor, fewer while the node is under pressure; 0: all that do not wait "
     "for each other."},
    {"redo", 0, "", "Complete what was interrupted."},
    {"undo", 0, "", "Reverse what the interrupted action had done, and nothing else."},
    {"reason", 0, "TEXT", "Why: kept in the journal with the action."},
    {"param", 0, "[SECTION.]KEYWORD", "A keyword, of DEFAULT when no section is named; KEYWORD@SCOPE for a scope.", Times::many},
    {"value", 0, "TEXT", "The value of the --param before it.", Times::many},
    {"kw", 0, "[SECTION.]KEYWORD[=VALUE]", "The same in one word.", Times::many},
    {"eval", 0, "", "The value as a node reads it: scope chosen, references resolved, default applied."},
    {"impersonate", 0, "NODE", "Which node reads it; this one by default."},
    {"config", 0, "FILE", "The env file to begin with; '-' is the standard input."},
    {"template", 0, "FILE|NAME", "The template to begin with: a file, or the name of one of the node's templates."},
    {"env", 0, "NAME=VALUE", "A value for the section [env].", Times::many},
    {"compose", 0, "FILE", "The compose file to begin with, of docker-compose's versions 1 to 3."},
    {"env-file", 0, "FILE", "More values, a line NAME=value each; --env wins over them, and a later file over an earlier one.",
     Times::many},
    {"label", 0, "NAME[=VALUE]", "Only services with a container that has this label; of several, all.", Times::many},
    {"show-secrets", 0, "", "Print passwords, tokens and keys as they are, rather than `***`."},
    {"recover", 0, "", "Go on with the edit that was not accepted."},
    {"discard", 0, "", "Forget the edit that was not accepted."},
    {"limit", 0, "N", "How many to show, the newest first; 20 by default."},
    {"lines", 'n', "N", "How many lines of the past to show; 50 by default."},
    {"follow", 'f', "", "Go on with what is written from now on, until a signal comes."},
    {"output", 'o', "FILE", "Write into this file, which is replaced as a whole, and not to the standard output."},
    {"html", 0, "FILE", "Write the page into this file, which is replaced as a whole; '-' is the standard output."},
    {"cib", 0, "FILE", "A file as `cibadmin --query` prints it, instead of asking the cluster engine of this node."},
    {"format", 0, "text|json",
     "How to print; text by default. Timelines have svg, graphs and plans have dot, svg and tree, cluster export crmsh, pcs and "
     "xml."},
    {"color", 0, "auto|always|never", "Colours; auto means on a terminal unless NO_COLOR is set."},
    {"key", 0, "FILE", "A public key file to record instead of asking the machine for its key."},
    {"peer", 0, "", "It is a node: let it accept svcmgr's own key, for what nodes ask each other."},
    {"yes", 'y', "", "Answer yes where a question would be asked."},
    {"help", 'h', "", "Show what a command does and which options it takes."},
    {"version", 'V', "", "Show the version."},
};

/// "--NAME" or "--NAME=…" is among them.
bool is_named(const std::vector<std::string>& arguments, std::string_view name) {
    return std::ranges::any_of(arguments, [name](std::string_view argument) {
        if (!argument.starts_with("--") || !argument.substr(2).starts_with(name)) return false;
        const std::string_view rest = argument.substr(2 + name.size());
        return rest.empty() || rest.front() == '=';
    });
}

/// Those that the arguments may mean: describing all of them was a tenth of what a short command takes.
po::options_description described(const std::vector<std::string>& arguments) {
    po::options_description description;
    std::set<char> letters;
    for (const CommandOption& option : options) {
        const bool has_letter = option.letter != 0 && letters.insert(option.letter).second;
        if (!has_letter && !is_named(arguments, option.name)) continue;
        const std::string names = has_letter ? fmt::format("{},{}", option.name, option.letter) : std::string(option.name);
        if (option.argument.empty())
            description.add_options()(names.c_str(), "");
        else if (option.times == Times::many)
            description.add_options()(names.c_str(), po::value<std::vector<std::string>>(), "");
        else
            description.add_options()(names.c_str(), po::value<std::string>(), "");
    }
    description.add_options()("words", po::value<std::vector<std::string>>(), "");
    return description;
}

Error wrong(const std::string& message, const std::string& hint) {
    return Error(Error::Code::invalid, message, "", hint);
}

std::string one_of(const std::string& option, const std::string& value, std::vector<std::string_view> allowed) {
    if (std::ranges::find(allowed, value) != allowed.end()) return value;
    throw wrong(fmt::format("--{} can't be '{}'", option, value), fmt::format("it takes {}", fmt::join(allowed, ", ")));
}

std::int64_t number(const std::string& option, const std::string& value) {
    if (const auto parsed = parse_integer(value); parsed && *parsed <= 1'000'000) return *parsed;
    throw wrong(fmt::format("--{} needs a whole number, not '{}'", option, value), fmt::format("--{} 30, for example", option));
}

std::vector<std::string> names(const std::string& option, const std::string& value) {
    std::vector<std::string> parts = split_filled(value, ',');
    if (parts.empty()) throw wrong(fmt::format("--{} names nothing", option), "give at least one name");
    return parts;
}

std::set<ReservationKey> keys(const std::string& option, const std::string& value) {
    std::set<ReservationKey> found;
    for (const std::string& word : names(option, value)) {
        const auto key = ReservationKey::parse(word);
        if (!key) throw wrong(fmt::format("--{}: '{}' is no reservation key", option, word), "write 0x and 1 to 16 hexadecimal digits");
        found.insert(*key);
    }
    return found;
}

std::set<Status> statuses(const std::string& option, const std::string& value) {
    std::set<Status> wanted;
    for (const std::string& name : names(option, value)) {
        const auto status = parse_status(name);
        if (!status)
            throw wrong(fmt::format("--{}: '{}' is no status", option, name), "up, down, warn, n/a, undef, stdby up and stdby down are");
        wanted.insert(*status);
    }
    return wanted;
}

std::vector<std::vector<std::string>> tags(const std::string& option, const std::string& value) {
    std::vector<std::vector<std::string>> groups;
    for (const std::string& group : names(option, value)) groups.push_back(split_filled(group, '+'));
    return groups;
}

void take(CommandLine& line, const std::string& option, const std::string& value) {
    if (option == "service") line.services = names(option, value);
    if (option == "status") line.statuses = statuses(option, value);
    if (option == "rid") line.rids = names(option, value);
    if (option == "tags") line.tags = tags(option, value);
    if (option == "subsets") line.subsets = names(option, value);
    if (option == "upto" || option == "downto") line.last_group = value;
    if (option == "node") line.on_node = lower_case(value);
    if (option == "to" || option == "from" || option == "on") line.target = lower_case(value);
    if (option == "impersonate") line.impersonate = lower_case(value);
    if (option == "config") line.config_file = value;
    if (option == "compose") line.compose_file = value;
    if (option == "template") line.template_name = value;
    if (option == "format") line.format = one_of(option, value, {"text", "json", "dot", "svg", "tree", "crmsh", "pcs", "xml"});
    if (option == "color") line.color = one_of(option, value, {"auto", "always", "never"});
    if (option == "force-foreign-key") line.foreign_keys = keys(option, value);
    if (option == "fenced")
        for (const std::string& node : names(option, value)) line.fenced.insert(lower_case(node));
    if (option == "reason") line.reason = value;
    if (option == "key") line.key_file = value;
    if (option == "cib") line.cib_file = value;
    if (option == "output" || option == "html") line.output_file = value;
    if (option == "waitlock") line.wait_for_lock = std::chrono::seconds(number(option, value));
    if (option == "limit") line.limit = static_cast<int>(number(option, value));
    if (option == "lines") line.lines = static_cast<std::size_t>(number(option, value));
    if (option == "jobs") line.jobs = static_cast<unsigned>(number(option, value));
}

/// --param and --value belong together by their order; --kw says both.
void take_keywords(CommandLine& line, const std::vector<po::option>& in_order) {
    std::optional<std::string> waiting;
    const auto without_value = [&] {
        if (waiting) line.params.push_back(*waiting);
        waiting.reset();
    };
    for (const po::option& option : in_order) {
        if (option.value.empty()) continue;
        const std::string& text = option.value.front();
        if (option.string_key == "env") line.variables.push_back(text);
        if (option.string_key == "env-file") line.env_files.push_back(text);
        if (option.string_key == "label") line.labels.push_back(text);
        if (option.string_key == "param") {
            without_value();
            waiting = text;
        }
        if (option.string_key == "value") {
            if (!waiting) throw wrong("--value stands without a --param before it", "--param ip#1.ipdev --value eth0, for example");
            line.assignments.push_back(*waiting + "=" + text);
            waiting.reset();
        }
        if (option.string_key == "kw") (text.find('=') == std::string::npos ? line.params : line.assignments).push_back(text);
    }
    without_value();
}

/// "unrecognised option '--forse'" with the nearest word.
Error unknown_option(const std::string& given) {
    std::vector<std::string_view> known;
    for (const CommandOption& option : options) known.push_back(option.name);
    const std::size_t begin = std::min(given.find_first_not_of('-'), given.size());
    const std::string near = nearest_word(given.substr(begin), known);
    return wrong(fmt::format("there is no option {}", given),
                 near.empty() ? "svcmgr --help lists the options" : fmt::format("did you mean --{}?", near));
}

}  // namespace

std::span<const CommandOption> command_options() {
    return options;
}

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
    CommandLine line;
    line.argv = arguments;
    po::variables_map values;
    try {
        const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::positional_options_description positions;
        positions.add("words", -1);
        const po::options_description description = described(arguments);
        const po::parsed_options parsed = po::command_line_parser(arguments).options(description).positional(positions).style(style).run();
        take_keywords(line, parsed.options);
        po::store(parsed, values);
    } catch (const po::unknown_option& error) {
        throw unknown_option(error.get_option_name());
    } catch (const po::multiple_occurrences& error) {
        throw wrong(fmt::format("{} is given twice", error.get_option_name()), "give it once; several names are separated by commas");
    } catch (const po::error& error) {
        throw wrong(error.what(), "svcmgr --help lists the options");
    }
    for (const auto& [name, value] : values) {
        if (name == "words") {
            for (const std::string& word : value.as<std::vector<std::string>>()) line.words.push_back(word);
            continue;
        }
        line.given.insert(name);
        if (const auto* text = boost::any_cast<std::string>(&value.value())) take(line, name, *text);
    }
    if (line.has("onlyprimary") && line.has("onlysecondary"))
        throw wrong("--onlyprimary and --onlysecondary leave no service", "give one of them");
    if (line.has("onlyprimary")) line.placement = CommandLine::Placement::primary;
    if (line.has("onlysecondary")) line.placement = CommandLine::Placement::secondary;
    return line;
}

}  // namespace svcmgr
