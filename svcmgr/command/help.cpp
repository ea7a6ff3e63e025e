#include "svcmgr/command/help.h"

#include <fmt/format.h>

#include <string_view>

#include "resources/status.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

/// A term and what it means: beside it where there is room, below it for a long term.
std::string entry(std::string_view term, std::size_t column, std::string_view text, std::size_t width) {
    const std::string indentation(column, ' ');
    std::string result = fmt::format("  {}", term);
    if (columns(result) + 2 > column)
        result += "\n" + indentation;
    else
        result = padded(result, column);
    bool first = true;
    for (const std::string& line : wrapped(text, width - column)) {
        result += first ? line + "\n" : indentation + line + "\n";
        first = false;
    }
    return result;
}

std::string option_entry(const CommandOption& option, std::size_t width) {
    std::string term = option.letter == 0 ? fmt::format("    --{}", option.name) : fmt::format("-{}, --{}", option.letter, option.name);
    if (!option.argument.empty()) term += fmt::format(" {}", option.argument);
    return entry(term, 34, option.text, width);
}

}  // namespace

std::string usage(const Command& command) {
    return command.arguments.empty() ? std::string(command.words) : fmt::format("{} {}", command.words, command.arguments);
}

std::string status_numbers() {
    std::string text;
    for (const Status status :
         {Status::up, Status::down, Status::warn, Status::not_applicable, Status::undef, Status::standby_up, Status::standby_down})
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", to_string(status), static_cast<int>(status));
    return text;
}

std::string help_text(std::size_t width) {
    std::string text = "Usage: svcmgr [-s NAME[,NAME…]] [OPTIONS] ACTION\n\nA virtual machine or a container as a service.\n";
    std::string_view section;
    for (const Command& command : commands()) {
        if (command.section != section) {
            section = command.section;
            text += fmt::format("\n{}\n", section);
        }
        text += entry(usage(command), 26, command.text, width);
    }
    text += "\nOptions (svcmgr ACTION --help shows those that an action takes)\n";
    for (const CommandOption& option : command_options()) text += option_entry(option, width);
    text += "\nExit codes\n";
    for (const ExitCode& code : exit_codes()) text += entry(code.number, 10, code.text, width);
    return text + entry("status", 10, fmt::format("the number of the status: {}", status_numbers()), width);
}

std::string help_text(const Command& command, std::size_t width) {
    std::string text = fmt::format("Usage: svcmgr {}[OPTIONS] {}\n\n",
                                   command.about == Command::About::services ? "[-s NAME[,NAME…]] " : "", usage(command));
    for (const std::string& line : wrapped(command.text, width)) text += line + "\n";
    if (!command.more.empty()) text += "\n";
    for (const std::string& line : wrapped(command.more, width))
        if (!command.more.empty()) text += line + "\n";
    text += "\nOptions\n";
    for (const CommandOption& option : command_options())
        if (command.takes(option.name)) text += option_entry(option, width);
    return text;
}

}  // namespace svcmgr
