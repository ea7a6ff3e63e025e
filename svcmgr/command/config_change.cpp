// Env files changed: set, unset, enable, disable, delete.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "drivers/error.h"
#include "svcmgr/cluster/env_change.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/config_changes.h"
#include "svcmgr/config/keyword_name.h"

namespace svcmgr {

void show_change(Context& context, const EnvChange& change, const Error& refusal) {
    for (const Finding& finding : change.findings) context.terminal().err << to_text(finding) << '\n';
    if (change.result == EnvChange::Result::refused) throw refusal;
}

void refuse_params(const Context& context) {
    if (context.line().params.empty()) return;
    parse_assignment(context.line().params.front());
}

namespace {

std::vector<Assignment> assignments(const Context& context) {
    std::vector<Assignment> all;
    for (const std::string& text : context.line().assignments) all.push_back(parse_assignment(text));
    for (const std::string& text : context.line().variables) all.push_back(parse_assignment("env." + text));
    return all;
}

/// Changes a service's env file and says what came of it.
int change(Context& context, const std::string& service, const std::function<void(Document&)>& edit) {
    const EnvChange outcome = change_env_file(context.world(), context.paths(), context.node(), service, edit);
    show_change(context, outcome,
                Error(Error::Code::invalid, "the change brings errors; the file is as it was", outcome.file,
                      "mend what is shown above, then try again"));
    return 0;
}

int run_set(Context& context) {
    refuse_params(context);
    const std::vector<Assignment> wanted = assignments(context);
    if (wanted.empty())
        throw Error(Error::Code::invalid, "set needs a keyword and its value", "", "--kw container#1.type=kvm, for example");
    return context.for_each_service([&](const std::string& service) {
        return change(context, service, [&](Document& document) {
            for (const Assignment& one : wanted) document.set(one.name.section, one.name.keyword, one.value);
        });
    });
}

int run_unset(Context& context) {
    if (context.line().params.empty() || !context.line().assignments.empty())
        throw Error(Error::Code::invalid, "unset needs the keywords to remove, without values", "",
                    "--kw container#1.hostname, for example");
    std::vector<KeywordName> names;
    for (const std::string& param : context.line().params) names.push_back(parse_keyword_name(param));
    return context.for_each_service([&](const std::string& service) {
        return change(context, service, [&](Document& document) {
            for (const KeywordName& name : names)
                if (!document.unset(name.section, name.keyword))
                    fmt::print(context.terminal().err, "svcmgr: {} does not say {}; nothing to remove\n", document.file(), name.text());
        });
    });
}

// --- enable, disable

/// The sections that --rid, --tags and --subsets choose; DEFAULT when none of these is given.
std::vector<std::string> chosen_sections(Context& context, const LoadedService& loaded) {
    const std::optional<Selection> selection = context.selection(*loaded.service);
    if (!selection) return {};
    if (!selection->rids) return {"DEFAULT"};
    std::vector<std::string> sections;
    for (const Rid& rid : *selection->rids) {
        if (loaded.document.find(rid.text()) == nullptr && rid.text() != "app")
            throw Error(Error::Code::invalid, fmt::format("{} has no section of its own; old keywords of DEFAULT make it", rid.text()),
                        loaded.document.file(), fmt::format("give it a section [{}#1] first", rid.kind()));
        sections.push_back(rid.text());
    }
    return sections;
}

/// A keyword with a scope, or another that wins, may say otherwise.
int tell_what_is_left(Context& context, const std::string& service, const std::vector<std::string>& sections) {
    const LoadedService loaded = load_service(context.world().files, context.paths(), context.node(), service);
    int code = 0;
    for (const auto& resource : loaded.service->resources()) {
        const bool meant = sections.front() == "DEFAULT" || std::ranges::find(sections, resource->rid().text()) != sections.end();
        if (!meant || !resource->disabled()) continue;
        fmt::print(context.terminal().err, "svcmgr: {} {} is still disabled here: {}\n", service, resource->rid().text(),
                   resource->options().place_of("disable").to_string());
        code = 1;
    }
    return code;
}

/// `edit` is called for each section that is meant; nothing comes back when none is.
std::optional<std::vector<std::string>> change_chosen(Context& context, const std::string& service,
                                                      const std::function<void(Document&, const std::string& section)>& edit) {
    std::vector<std::string> sections = chosen_sections(context, context.load(service));
    if (sections.empty()) return {};
    change(context, service, [&](Document& document) {
        for (const std::string& section : sections) edit(document, section);
    });
    return sections;
}

int run_disable(Context& context) {
    return context.for_each_service([&](const std::string& service) {
        change_chosen(context, service, [](Document& document, const std::string& section) { document.set(section, "disable", "true"); });
        return 0;
    });
}

int run_enable(Context& context) {
    return context.for_each_service([&](const std::string& service) {
        const auto sections =
            change_chosen(context, service, [](Document& document, const std::string& section) { document.unset(section, "disable"); });
        return sections ? tell_what_is_left(context, service, *sections) : 0;
    });
}

// --- delete

/// What would go on running with nobody to look after it.
void require_down(Context& context, const LoadedService& loaded, const Selection& selection) {
    if (context.line().has("force")) return;
    const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
    const Observation seen = instance.observe(selection, Purpose::show);
    context.check_signals();
    for (const auto& resource : loaded.service->resources()) {
        const auto found = seen.resources.find(resource->rid());
        if (found == seen.resources.end() || !selection.contains(*resource)) continue;
        const Status status = found->second.status;
        const std::string hint = fmt::format("svcmgr -s {} stop first, or --force", loaded.service->name());
        if (!found->second.left.empty())
            throw Error(Error::Code::refused,
                        fmt::format("{}: {}, and without its section nobody sees to it", resource->rid().text(), found->second.left),
                        loaded.service->name(), hint);
        const bool unknown = status == Status::undef && resource->group() == Group::container;
        if (status != Status::up && status != Status::warn && status != Status::standby_up && !unknown) continue;
        throw Error(Error::Code::refused,
                    fmt::format("{} is {}: without its section nobody looks after it", resource->rid().text(), to_string(status)),
                    loaded.service->name(), hint);
    }
}

int delete_sections(Context& context, const LoadedService& loaded, const Selection& selection) {
    const std::string& service = loaded.service->name();
    return change(context, service, [&](Document& document) {
        for (const Rid& rid : *selection.rids)
            if (!document.remove_section(rid.text()))
                throw Error(Error::Code::invalid, fmt::format("{} has no section of its own", rid.text()), document.file(),
                            fmt::format("svcmgr -s {} edit config removes what makes it", service));
    });
}

int run_delete(Context& context) {
    if (!context.line().services) throw Error(Error::Code::invalid, "delete does not act on all services", "", "name them with -s");
    return context.for_each_service([&](const std::string& service) {
        const LoadedService loaded = context.load(service);
        const std::optional<Selection> selection = context.selection(*loaded.service);
        if (!selection) return 0;
        require_down(context, loaded, *selection);
        if (selection->rids) return delete_sections(context, loaded, *selection);
        const Path copy = delete_env_file(context.world(), context.paths(), service);
        fmt::print(context.terminal().out, "{} is deleted; its env file is kept as {}\n", service, copy);
        return 0;
    });
}

}  // namespace

std::vector<Command> config_change_commands() {
    constexpr std::string_view section = "Env files";
    return {
        create_command(),
        {"set", "", section, "Say keywords in the env file; every other byte stays.", {"kw", "param", "value", "env"}, run_set},
        {"unset", "", section, "Take keywords out of the env file.", {"kw", "param"}, run_unset},
        {"enable", "", section, "End the disabling of resources, or of the service.", {"rid", "tags", "subsets"}, run_enable},
        {"disable", "", section, "Leave resources, or the service, out of every action.", {"rid", "tags", "subsets"}, run_disable},
        {"delete",
         "",
         section,
         "Take the env file away, or sections of it; a copy is kept.",
         {"rid", "tags", "subsets", "force"},
         run_delete},
    };
}

}  // namespace svcmgr
