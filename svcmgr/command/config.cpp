// The env files: ls, print config, validate config.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "drivers/error.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/findings.h"

namespace svcmgr {

namespace {

int run_ls(Context& context) {
    for (const std::string& name : context.services()) context.terminal().out << name << '\n';
    return 0;
}

int run_print_config(Context& context) {
    return context.for_each_service([&](const std::string& name) {
        const Path file = env_file_of(context.world().files, context.paths(), name);
        const auto text = context.world().files.read(file);
        if (!text) throw Error(Error::Code::invalid, text.error().reason, file, "make it a readable file of at most 1 MiB");
        context.terminal().out << *text;
        return 0;
    });
}

int run_validate_config(Context& context) {
    Findings all;
    const int code = context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = load_service(context.world().files, context.paths(), context.node(), name);
        all.insert(all.end(), loaded.findings.begin(), loaded.findings.end());
        return has_errors(loaded.findings) ? 2 : 0;
    });
    if (context.json())
        context.terminal().out << findings_json(all) << '\n';
    else
        for (const Finding& finding : all) context.terminal().out << to_text(finding) << '\n';
    return code;
}

}  // namespace

std::vector<Command> config_commands() {
    constexpr std::string_view section = "Env files";
    return {
        {"ls", "", section, "The services that have an env file on this node.", {}, run_ls},
        {"print config", "", section, "The env file as it is.", {}, run_print_config},
        {"validate config",
         "",
         section,
         "Everything that is wrong or outdated in it; exits with 2 when something is wrong.",
         {"format"},
         run_validate_config},
    };
}

}  // namespace svcmgr
