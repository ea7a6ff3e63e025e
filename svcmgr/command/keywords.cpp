// print keywords: what env files and node.conf may say.

#include <fmt/format.h>

#include "drivers/error.h"
#include "svcmgr/command/command.h"
#include "svcmgr/service/schema.h"

namespace svcmgr {

namespace {

/// `ip ipname` is `ip.ipname`.
int print_keywords(Context& context, const Schema& schema) {
    const std::string what = fmt::format("{}", fmt::join(context.arguments, "."));
    Terminal& terminal = context.terminal();
    if (!context.json()) {
        terminal.out << keywords_text(schema, what, terminal.text_width());
        return 0;
    }
    if (!what.empty())
        throw Error(Error::Code::invalid, "the JSON schema is that of the whole file", what, "leave out what stands behind 'keywords'");
    terminal.out << keywords_json_schema(schema);
    return 0;
}

int run_print_keywords(Context& context) {
    return print_keywords(context, env_schema());
}

int run_print_node_keywords(Context& context) {
    return print_keywords(context, node_schema());
}

}  // namespace

std::vector<Command> keyword_commands() {
    constexpr std::string_view section = "Env files";
    constexpr std::string_view what = "[SECTION[.KEYWORD]]";
    return {
        {"print keywords",
         what,
         section,
         "What an env file may say: all sections, one (ip), a type of one (container.kvm), or a keyword (ip.ipname). As JSON: its schema.",
         {"format"},
         run_print_keywords,
         {"text", "json"},
         {},
         [] { return keywords_words(env_schema()); },
         Command::About::node},
        {"print keywords node.conf",
         what,
         section,
         "The same of a node's configuration, node.conf.",
         {"format"},
         run_print_node_keywords,
         {"text", "json"},
         {},
         [] { return keywords_words(node_schema()); },
         Command::About::node},
    };
}

}  // namespace svcmgr
