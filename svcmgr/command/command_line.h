#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"

namespace svcmgr {

/// An option of the command line: one entry of a table that feeds the parser, `--help`, the manual page and the completion.
struct CommandOption {
    std::string_view name;      ///< "service"
    char letter = 0;            ///< 's'; 0 for none. Options of different commands may share one
    std::string_view argument;  ///< what its value is called: "NAME[,NAME…]"; empty for a switch
    std::string_view text;
};

std::span<const CommandOption> command_options();

/// What the user typed.
struct CommandLine {
    std::vector<std::string> argv;             ///< as typed, for the record
    std::vector<std::string> words;            ///< "print", "status"; `print_status` is taken apart
    std::set<std::string, std::less<>> given;  ///< names of the options that were given

    std::optional<std::vector<std::string>> services;  ///< none: all of this node
    std::optional<std::vector<std::string>> rids;
    std::string format = "text";
    std::string color = "auto";
    std::string reason;
    std::string key_file;
    Duration wait_for_lock = std::chrono::seconds(60);
    unsigned jobs = 0;
    int limit = 20;
    std::size_t lines = 50;

    bool has(std::string_view option) const { return given.contains(option); }
};

/// Throws Error `invalid`. `arguments` are those behind the program's name.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

}  // namespace svcmgr
