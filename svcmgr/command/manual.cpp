#include "svcmgr/command/manual.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/hypervisor/table.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/help.h"
#include "svcmgr/config/scdoc.h"
#include "svcmgr/service/schema.h"

namespace svcmgr {

namespace {

std::string term(std::string_view words, std::string_view argument) {
    std::string text = fmt::format("*{}*", scdoc_plain(words));
    if (!argument.empty()) text += fmt::format(" {}", scdoc_plain(argument));
    return text;
}

/// The options that are this command's own; those of every command are said once.
std::string options_of(const Command& command) {
    std::string text;
    for (const std::string_view option : command.options)
        text += fmt::format("{}*{}*", text.empty() ? "" : ", ", scdoc_plain(fmt::format("--{}", option)));
    return text;
}

/// "Every action takes *--service*, …"
std::string options_of_all() {
    Command of_services, of_node;
    of_node.about = Command::About::node;
    for (const CommandOption& option : command_options()) {
        if (of_services.takes(option.name)) of_services.options.push_back(option.name);
        if (of_node.takes(option.name)) of_node.options.push_back(option.name);
    }
    std::string about_node;
    for (const Command& command : commands())
        if (command.about == Command::About::node)
            about_node += fmt::format("{}{}", about_node.empty() ? "" : ", ", term(command.words, {}));
    return fmt::format("Every action takes {}, too. What is about the node, and not about services, takes only {} of them: {}.\n\n",
                       options_of(of_services), options_of(of_node), about_node);
}

std::string actions() {
    std::string text = options_of_all();
    std::string_view section;
    for (const Command& command : commands()) {
        if (command.section != section) {
            section = command.section;
            text += fmt::format("## {}\n\n", section);
        }
        text +=
            fmt::format("{}\n\t{}\n\n", term(command.words, command.arguments),
                        scdoc_prose(command.more.empty() ? std::string(command.text) : fmt::format("{} {}", command.text, command.more)));
        if (!command.options.empty()) text += fmt::format("\tIt takes {}.\n\n", options_of(command));
    }
    return text;
}

std::string options() {
    std::string text;
    for (const CommandOption& option : command_options()) {
        const std::string letter = option.letter == 0 ? "" : fmt::format("*{}*, ", scdoc_plain(fmt::format("-{}", option.letter)));
        text += fmt::format("{}{}\n\t{}\n\n", letter, term(fmt::format("--{}", option.name), option.argument), scdoc_prose(option.text));
    }
    return text;
}

std::string codes() {
    std::string text;
    for (const ExitCode& code : exit_codes()) text += fmt::format("*{}*\n\t{}\n\n", scdoc_plain(code.number), scdoc_prose(code.text));
    return text + fmt::format("The exit code of *status* is the number of the status: {}.\n", scdoc_plain(status_numbers()));
}

std::string_view readiness_text(Readiness readiness) {
    switch (readiness) {
        case Readiness::over_network: return "A start waits until it answers ping and runs a command over ssh.";
        case Readiness::by_command: return "A start waits until a command runs in it; it is pinged when its section has a `hostname`.";
        case Readiness::by_itself:
            return "A start waits for its own health check where it has one; it is pinged when its section has a `hostname`.";
    }
    return {};
}

/// One section for each technology, in the order of the table.
std::string drivers() {
    std::string text;
    for (const HypervisorType& type : hypervisor_types()) {
        text += fmt::format("## {}: {}\n\n{} {}\n\n", type.name, scdoc_plain(type.description), scdoc_prose(std::string(type.manual)),
                            scdoc_prose(std::string(readiness_text(type.readiness))));
        std::string keywords;
        for (const Keyword& keyword : type.keywords)
            if (keyword.replaced_by.empty()) keywords += fmt::format("{}_{}_", keywords.empty() ? "" : ", ", scdoc_plain(keyword.name));
        if (!keywords.empty()) text += fmt::format("Its own keywords, in *svcmgr.env*(5): {}.\n\n", keywords);
    }
    return text;
}

struct Part {
    std::string_view name;
    std::string (*text)();
};
constexpr Part parts[] = {
    {"ACTIONS", actions},
    {"OPTIONS", options},
    {"EXIT_CODES", codes},
    {"DRIVERS", drivers},
    {"ENV_KEYWORDS", [] { return keywords_scdoc(env_schema()); }},
    {"NODE_KEYWORDS", [] { return keywords_scdoc(node_schema()); }},
};

std::string filled(std::string_view line) {
    if (line.size() < 3 || line.front() != '@' || line.back() != '@') {
        const std::size_t at = line.find("@VERSION@");
        if (at == std::string_view::npos) return std::string(line);
        return fmt::format("{}{}{}", line.substr(0, at), SVCMGR_VERSION, line.substr(at + 9));
    }
    const std::string_view name = line.substr(1, line.size() - 2);
    const auto* part = std::ranges::find(parts, name, &Part::name);
    if (part == std::end(parts)) throw Error(Error::Code::invalid, fmt::format("a manual page has no part '{}'", name));
    return part->text();
}

}  // namespace

std::string fill_manual(std::string_view frame) {
    std::string text;
    while (!frame.empty()) {
        const std::size_t end = std::min(frame.find('\n'), frame.size());
        text += filled(frame.substr(0, end)) + "\n";
        frame.remove_prefix(std::min(end + 1, frame.size()));
    }
    return text;
}

}  // namespace svcmgr
