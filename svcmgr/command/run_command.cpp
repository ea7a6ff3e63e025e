#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <iterator>

#include "drivers/error.h"
#include "svcmgr/action/words.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/completion.h"
#include "svcmgr/command/help.h"

namespace svcmgr {

namespace {

std::vector<Command> collect() {
    std::vector<Command> all;
    for (const auto& family :
         {action_commands,    move_commands,   reservation_commands, node_disk_commands,     recover_commands, monitor_commands,
          print_commands,     mon_commands,    metrics_commands,     report_commands,        explain_commands, journal_commands,
          inventory_commands, config_commands, config_edit_commands, config_change_commands, keyword_commands, node_commands,
          peer_commands,      drp_commands,    cluster_commands,     drill_commands})
        std::ranges::move(family(), std::back_inserter(all));
    return all;
}

std::string joined(const std::vector<std::string>& words, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : " ") + words[i];
    std::ranges::replace(text, '_', ' ');
    return text;
}

Error unknown_command(const std::vector<std::string>& words) {
    std::vector<std::string_view> known;
    for (const Command& command : commands()) known.push_back(command.words);
    const std::string text = joined(words, words.size());
    const std::string near = nearest_word(text, known);
    return Error(Error::Code::invalid, fmt::format("there is no action '{}'", text), "",
                 near.empty() ? "svcmgr --help lists the actions" : fmt::format("did you mean '{}'?", near));
}

/// A letter that several options share is the one of these that the command takes; the parser knows only the first.
void settle_letters(const Command& command, CommandLine& line) {
    for (const CommandOption& option : command_options()) {
        if (option.letter == 0 || std::ranges::find(command.options, option.name) == command.options.end()) continue;
        const auto first = std::ranges::find(command_options(), option.letter, &CommandOption::letter);
        if (first->name == option.name || std::ranges::find(line.argv, fmt::format("--{}", first->name)) != line.argv.end()) continue;
        if (line.given.erase(std::string(first->name)) > 0) line.given.insert(std::string(option.name));
    }
}

void check_format(const Command& command, const CommandLine& line) {
    if (!line.has("format") || std::ranges::find(command.formats, line.format) != command.formats.end()) return;
    throw Error(Error::Code::invalid, fmt::format("'{}' can't be printed as {}", command.words, line.format), "",
                fmt::format("--format takes {} here", fmt::join(command.formats, ", ")));
}

void check_options(const Command& command, const CommandLine& line) {
    for (const std::string& option : line.given) {
        if (command.takes(option)) continue;
        const bool chooses = command.about == Command::About::node && Command().takes(option);
        throw Error(Error::Code::invalid,
                    fmt::format("'{}' takes no --{}{}", command.words, option, chooses ? ": it is about the node, not about services" : ""),
                    "", fmt::format("svcmgr {} --help shows what it takes", command.words));
    }
}

void check_arguments(const Command& command, const std::vector<std::string>& arguments) {
    if (command.arguments.empty() && !arguments.empty())
        throw Error(Error::Code::invalid,
                    fmt::format("'{}' takes nothing behind it, and '{}' was given", command.words, fmt::join(arguments, " ")), "",
                    fmt::format("svcmgr {} --help shows what it takes", command.words));
    if (command.needs_arguments() && arguments.empty())
        throw Error(Error::Code::invalid, fmt::format("'{}' needs {}", command.words, command.arguments), "",
                    fmt::format("svcmgr {} --help says more", command.words));
}

int dispatch(Context& context, CommandLine& line) {
    Terminal& terminal = context.terminal();
    if (line.has("version")) {
        fmt::print(terminal.out, "svcmgr {}\n", SVCMGR_VERSION);
        return 0;
    }
    if (line.words.empty()) {
        if (!line.has("help")) throw Error(Error::Code::invalid, "no action was given", "", "svcmgr --help lists the actions");
        terminal.out << help_text(terminal.text_width());
        return 0;
    }
    const FoundCommand found = find_command(line.words);
    if (found.command == nullptr) throw unknown_command(line.words);
    if (line.has("help")) {
        terminal.out << help_text(*found.command, terminal.text_width());
        return 0;
    }
    settle_letters(*found.command, line);
    check_options(*found.command, line);
    check_format(*found.command, line);
    check_arguments(*found.command, found.arguments);
    context.command = found.command->words;
    context.arguments = found.arguments;
    return line.on_node.empty() ? found.command->run(context) : run_on_peer(context, *found.command);
}

constexpr ExitCode codes[] = {
    {"0", "done, or there was nothing to do"},
    {"1", "failed; what this action had done is undone"},
    {"2", "wrong command line or env file; nothing was looked at or changed"},
    {"3", "refused by a guard; nothing was changed"},
    {"4", "the service's lock is held by another action"},
    {"5", "failed, and something is left: the message says what"},
    {"6", "a peer or guest that was needed can't be reached"},
    {"128+n", "stopped by signal n, after the running step was finished or undone"},
};

}  // namespace

bool Command::takes(std::string_view option) const {
    constexpr std::string_view choosing[] = {"service", "status", "onlyprimary", "onlysecondary"};
    if (std::ranges::find(choosing, option) != std::end(choosing)) return about == About::services;
    return option == "color" || option == "help" || std::ranges::find(options, option) != options.end();
}

FoundCommand find_command(const std::vector<std::string>& words) {
    for (std::size_t count = words.size(); count > 0; --count) {
        const std::string text = joined(words, count);
        const auto found = std::ranges::find(commands(), text, &Command::words);
        if (found != commands().end()) return {&*found, {words.begin() + static_cast<std::ptrdiff_t>(count), words.end()}};
    }
    if (words.size() == 1 && words.front() == "scsicheckreserv") return find_command({"prstatus"});
    if (const ActionWord* today = words.size() == 1 ? find_action_word(words.front()) : nullptr; today != nullptr)
        return find_command({std::string(today->word)});
    return {};
}

std::span<const ExitCode> exit_codes() {
    return codes;
}

const std::vector<Command>& commands() {
    static const std::vector<Command> all = collect();
    return all;
}

int exit_code(const Error& error) {
    switch (error.code()) {
        case Error::Code::invalid: return 2;
        case Error::Code::refused: return 3;
        case Error::Code::locked: return 4;
        case Error::Code::left_behind: return 5;
        case Error::Code::unreachable: return 6;
        case Error::Code::failed:
        case Error::Code::timed_out:
        case Error::Code::interrupted: return 1;
    }
    return 1;
}

int run_command(World world, const Paths& paths, Terminal& terminal, const std::vector<std::string>& arguments,
                std::function<void(const Node&)> on_node) {
    if (!arguments.empty() && arguments.front() == "--complete") {
        for (const std::string& word : complete(world.files, world.host, paths, {arguments.begin() + 1, arguments.end()}))
            terminal.out << word << '\n';
        return 0;
    }
    CommandLine line;
    Context context(world, paths, terminal, line, std::move(on_node));
    try {
        line = parse_command_line(arguments);
        return dispatch(context, line);
    } catch (const Error& error) {
        return context.report(error);
    }
}

}  // namespace svcmgr
