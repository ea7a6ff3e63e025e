#include "svcmgr/command/help.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

std::string option_line(const CommandOption& option) {
    std::string left = option.letter == 0 ? fmt::format("    --{}", option.name) : fmt::format("-{}, --{}", option.letter, option.name);
    if (!option.argument.empty()) left += fmt::format(" {}", option.argument);
    return fmt::format("  {:<32}{}\n", left, option.text);
}

bool takes(const Command& command, std::string_view option) {
    return option == "service" || option == "color" || option == "help" ||
           std::ranges::find(command.options, option) != command.options.end();
}

std::string usage(const Command& command) {
    return command.arguments.empty() ? std::string(command.words) : fmt::format("{} {}", command.words, command.arguments);
}

}  // namespace

std::string help_text() {
    std::string text = "Usage: svcmgr [-s NAME[,NAME…]] [OPTIONS] ACTION\n\nA virtual machine or a container as a service.\n";
    std::string_view section;
    for (const Command& command : commands()) {
        if (command.section != section) {
            section = command.section;
            text += fmt::format("\n{}\n", section);
        }
        text += fmt::format("  {:<24}{}\n", usage(command), command.text);
    }
    text += "\nOptions (svcmgr ACTION --help shows those that an action takes)\n";
    for (const CommandOption& option : command_options()) text += option_line(option);
    text +=
        "\nExit codes: 0 done, 1 failed and undone, 2 wrong command line or env file, 3 refused, 4 locked, 5 failed and something is "
        "left,\n"
        "6 unreachable, 128+n stopped by signal n. `status` exits with the number of the status: up 0, down 1, warn 2, n/a 3, undef 5.\n";
    return text;
}

std::string help_text(const Command& command) {
    std::string text = fmt::format("Usage: svcmgr [-s NAME[,NAME…]] [OPTIONS] {}\n\n{}\n", usage(command), command.text);
    if (!command.more.empty()) text += fmt::format("{}\n", command.more);
    text += "\nOptions\n";
    for (const CommandOption& option : command_options())
        if (takes(command, option.name)) text += option_line(option);
    return text;
}

}  // namespace svcmgr
