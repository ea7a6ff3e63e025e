// edit config: a person's editor, and what became of the edit.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "drivers/error.h"
#include "svcmgr/cluster/env_edit.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/config_changes.h"

namespace svcmgr {

namespace {

Error left_over(const std::string& service, const Path& copy) {
    return Error(Error::Code::refused, "an earlier edit was not accepted, and is kept", copy,
                 fmt::format("svcmgr -s {} edit config --recover goes on with it, --discard forgets it", service));
}

int discard(Context& context, EnvEdit& edit) {
    const bool any = edit.left_over();
    edit.discard();
    fmt::print(context.terminal().out, "{}\n", any ? "the edit is forgotten" : "there was no edit to forget");
    return 0;
}

int accept(Context& context, EnvEdit& edit, const std::string& service) {
    const EnvChange change = edit.accept(context.node());
    show_change(context, change,
                Error(Error::Code::invalid, "the edit brings errors; the file is as it was, and the edit is kept", edit.copy(),
                      fmt::format("svcmgr -s {} edit config --recover goes on with it, --discard forgets it", service)));
    const bool installed = change.result == EnvChange::Result::installed;
    fmt::print(context.terminal().out, "{} {}\n", change.file, installed ? "is changed" : "is as it was");
    return 0;
}

int run_edit_config(Context& context) {
    const std::string service = context.only_service();
    if (context.line().has("recover") && context.line().has("discard"))
        throw Error(Error::Code::invalid, "--recover and --discard exclude each other", "", "give one of them");
    EnvEdit edit(context.world(), context.paths(), service);
    if (context.line().has("discard")) return discard(context, edit);
    if (context.line().has("recover"))
        edit.recover();
    else if (edit.left_over())
        throw left_over(service, edit.copy());
    else
        edit.begin();
    if (const std::string problem = context.terminal().edit(edit.copy()); !problem.empty())
        throw Error(Error::Code::failed, fmt::format("the editor did not end well: {}", problem), edit.copy(),
                    "what was written is kept: --recover goes on with it, --discard forgets it");
    return accept(context, edit, service);
}

}  // namespace

std::vector<Command> config_edit_commands() {
    return {{"edit config",
             "",
             "Env files",
             "Change the env file with $VISUAL or $EDITOR; it is checked before it takes the file's place.",
             {"recover", "discard"},
             run_edit_config}};
}

}  // namespace svcmgr
