#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/world.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/command/command_line.h"
#include "svcmgr/command/terminal.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

/// What a command is given. The node is read when a command first asks for it.
class Context {
public:
    /// `on_node` is told the node once it is read: production configures ssh and the hypervisors with it.
    Context(World world, const Paths& paths, Terminal& terminal, const CommandLine& line, std::function<void(const Node&)> on_node);

    /// The same command with another world and another terminal, for one of several services. The node was read before.
    Context(const Context& other, World world, Terminal& terminal);

    World& world() { return world_; }
    const Paths& paths() const { return paths_; }
    Terminal& terminal() { return terminal_; }
    const CommandLine& line() const { return line_; }
    std::string_view command;  ///< the command's own words: "print plan"
    /// The words behind them: "start" in `print plan start`.
    std::vector<std::string> arguments;
    std::optional<Deadline> until = {};  ///< when actions have to be over

    bool json() const { return line_.format == "json"; }
    /// Whether --format asks for a picture.
    bool draws() const { return line_.format == "dot" || line_.format == "svg" || line_.format == "tree"; }
    /// How text on stdout may look.
    Style style() const;
    const Node& node();

    /// The services that -s names, or all; of them those that --status, --onlyprimary and --onlysecondary choose. Throws Error `invalid`
    /// for a name that can't be one and for a pattern that nothing matches.
    std::vector<std::string> services();
    /// The one service that -s names; throws Error `invalid` when it names none or several.
    std::string only_service();
    /// Prints what is wrong with its file on stderr; warnings are for `validate config`. Throws Error.
    LoadedService load(const std::string& service);
    /// What `load` does once the file is read.
    LoadedService accept(LoadedService loaded);
    /// The same for an action that changes something: findings that are errors are an Error.
    LoadedService load_strictly(const std::string& service);
    /// Looks at all of these services together, in their order.
    std::vector<Observation> look_at(const std::vector<LoadedService>& loaded);
    /// The resources that --rid, --tags and --subsets all choose; all when none is given. Nothing, after saying so, when they choose none:
    /// that is no failure (contract.md 1.4). Throws Error `invalid` for a rid that the one service in question does not have.
    std::optional<Selection> selection(const Service& service);

    /// `services`, after saying so when there is none. Throws Error `invalid` for a node without any service.
    std::vector<std::string> chosen_services();
    /// The same for what machines call: a node without any service has nothing to do.
    std::vector<std::string> chosen_services_if_any();
    /// Calls `each` for every selected service; an Error of one is printed and the next goes on. Returns the highest exit code.
    int for_each_service(const std::function<int(const std::string& service)>& each);
    int for_each(const std::vector<std::string>& services, const std::function<int(const std::string& service)>& each);
    /// Prints an error in the format that was asked for; returns its exit code, 128+n when signal n was the reason.
    int report(const Error& error);
    /// Throws Error `interrupted` when a signal has come: what was looked at since is no answer.
    void check_signals();

    /// Prints those that are errors, at most 20, on stderr.
    void print_errors(const Findings& findings);

private:
    std::vector<std::string> named_services();
    std::vector<std::string> chosen_of(std::vector<std::string> names);
    bool chosen(const Resource& resource) const;
    void check_rids(const Service& service) const;

    World world_;
    const Paths& paths_;
    Terminal& terminal_;
    const CommandLine& line_;
    std::function<void(const Node&)> on_node_;
    std::optional<Node> node_;
};

/// A verb: one entry of the table that feeds the dispatch, `--help`, the manual page and the completion.
struct Command {
    enum class About { services, node };

    std::string_view words;                 ///< "print status"
    std::string_view arguments;             ///< what follows: "ACTION"; in brackets when it may be left out; empty when nothing may
    std::string_view section;               ///< heading in the help
    std::string_view text;                  ///< one sentence
    std::vector<std::string_view> options;  ///< the names of the options that it takes beside those that every command does
    int (*run)(Context&) = nullptr;
    std::vector<std::string_view> formats = {"text", "json"};  ///< what --format may say, where it is taken
    std::string_view more = {};                                ///< what its own --help says beyond `text`
    std::vector<std::string> (*argument_words)() = nullptr;    ///< what may follow, for the completion; those of NAME are known
    About about = About::services;                             ///< what is about the node takes no options that choose services

    bool needs_arguments() const { return !arguments.empty() && !arguments.starts_with('['); }
    /// Whether `option` may be given with it; some may with every command.
    bool takes(std::string_view option) const;
};

// One function a family, each in its own file.
std::vector<Command> action_commands();
std::vector<Command> move_commands();
std::vector<Command> recover_commands();
std::vector<Command> monitor_commands();
std::vector<Command> print_commands();
std::vector<Command> mon_commands();
std::vector<Command> metrics_commands();
std::vector<Command> report_commands();
std::vector<Command> drill_commands();
std::vector<Command> explain_commands();
std::vector<Command> reservation_commands();
std::vector<Command> node_disk_commands();
std::vector<Command> journal_commands();
std::vector<Command> inventory_commands();
std::vector<Command> config_commands();
std::vector<Command> config_change_commands();
std::vector<Command> config_edit_commands();
std::vector<Command> keyword_commands();
std::vector<Command> node_commands();
std::vector<Command> peer_commands();
std::vector<Command> drp_commands();
std::vector<Command> cluster_commands();

/// All commands, in the order of the help.
const std::vector<Command>& commands();

/// The command that a line begins with, the longest when several do, and the words behind it.
struct FoundCommand {
    const Command* command = nullptr;  ///< null when there is none
    std::vector<std::string> arguments;
};
/// "print_status" is "print status" (contract.md 1.1).
FoundCommand find_command(const std::vector<std::string>& words);

/// What --node says: the same command there, with what it prints shown as it comes. Returns its exit code.
int run_on_peer(Context& context, const Command& command);

/// Runs one command line, from words to exit code. Never throws an Error; what goes wrong is printed.
int run_command(World world, const Paths& paths, Terminal& terminal, const std::vector<std::string>& arguments,
                std::function<void(const Node&)> on_node = {});

/// The exit code of an error that ended a command (design.md 11).
int exit_code(const Error& error);

/// What an exit code says, for the help and the manual page.
struct ExitCode {
    std::string_view number;
    std::string_view text;
};
/// Those of every command but `status`, whose exit code is the number of the status.
std::span<const ExitCode> exit_codes();

}  // namespace svcmgr
