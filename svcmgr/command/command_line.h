#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"
#include "drivers/scsi/key.h"
#include "resources/status.h"

namespace svcmgr {

/// An option of the command line: one entry of a table that feeds the parser, `--help`, the manual page and the completion.
struct CommandOption {
    std::string_view name;      ///< "service"
    char letter = 0;            ///< 's'; 0 for none. Options of different commands may share one
    std::string_view argument;  ///< what its value is called: "NAME[,NAME…]"; empty for a switch
    std::string_view text;
    enum class Times { once, many } times = Times::once;
};

std::span<const CommandOption> command_options();

/// What the user typed.
struct CommandLine {
    std::vector<std::string> argv;             ///< as typed, for the record
    std::vector<std::string> words;            ///< "print", "status"; `print_status` is taken apart
    std::set<std::string, std::less<>> given;  ///< names of the options that were given

    // Which services (contract.md 1.4); names may be patterns: '*', '?', '[…]'.
    std::optional<std::vector<std::string>> services;  ///< none: all of this node
    std::optional<std::set<Status>> statuses;          ///< only those whose overall status is one of these
    enum class Placement { any, primary, secondary } placement = Placement::any;

    // Which of their resources: those that all of these choose.
    std::optional<std::vector<std::string>> rids;
    std::vector<std::vector<std::string>> tags;  ///< one of these groups, all of its words; empty: not asked for
    std::optional<std::vector<std::string>> subsets;

    std::vector<std::string> params;       ///< --param, and --kw without a value, in the order of the line
    std::vector<std::string> assignments;  ///< --kw SECTION.KEYWORD=VALUE, and pairs of --param and --value written like that
    std::vector<std::string> variables;    ///< --env NAME=VALUE
    std::string impersonate;               ///< empty: this node
    std::string config_file;
    std::string template_name;
    std::string compose_file;
    std::vector<std::string> env_files;  ///< --env-file, in the order of the line
    std::vector<std::string> labels;     ///< --label NAME=VALUE, or NAME

    std::string format = "text";
    std::string color = "auto";
    std::string reason;
    std::string key_file;
    std::string output_file;
    std::string cib_file;
    std::set<ReservationKey> foreign_keys;
    std::set<std::string> fenced;           ///< --fenced
    std::string last_group;                 ///< --upto, --downto
    std::string on_node;                    ///< --node; empty: this one
    std::string target;                     ///< --to
    std::optional<Duration> wait_for_lock;  ///< --waitlock
    unsigned jobs = 0;
    int limit = 20;
    std::size_t lines = 50;

    bool has(std::string_view option) const { return given.contains(option); }
};

/// Throws Error `invalid`. `arguments` are those behind the program's name.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

}  // namespace svcmgr
