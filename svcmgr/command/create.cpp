// create: a service from a file, a template, a compose file, keywords.

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "drivers/error.h"
#include "svcmgr/cluster/env_change.h"
#include "svcmgr/cluster/node_selection.h"
#include "svcmgr/command/config_changes.h"
#include "svcmgr/compose/compose.h"
#include "svcmgr/config/env_values.h"
#include "svcmgr/config/keyword_name.h"
#include "svcmgr/config/reference.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

using Variables = std::map<std::string, std::string>;

std::string read_source(Context& context, const Path& file) {
    if (file == "-") return context.terminal().read_input();
    auto text = context.world().files.read(file, Document::largest_file);
    if (!text) throw Error(Error::Code::invalid, text.error().reason, file, "name a readable file of at most 1 MiB");
    return std::move(*text);
}

/// A file, or NAME.env among the node's templates, or among those that came with svcmgr.
Path template_file(Context& context, const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    for (const Path& directory : {context.paths().templates, context.paths().shipped_templates}) {
        const Path file = fmt::format("{}/{}.env", directory, name);
        if (context.world().files.facts(file)) return file;
    }
    if (context.world().files.facts(name)) return name;
    throw Error(Error::Code::invalid, fmt::format("there is no template {}", name), context.paths().templates,
                fmt::format("templates are NAME.env there or in {}", context.paths().shipped_templates));
}

/// Of the files of --env-file; a later one wins.
Variables file_variables(Context& context) {
    Variables variables;
    for (const Path& file : context.line().env_files) {
        auto values = read_env_values(read_source(context, file));
        if (!values) throw Error(Error::Code::invalid, values.error(), file, "write NAME=value");
        for (auto& [name, value] : *values) variables[name] = std::move(value);
    }
    return variables;
}

Variables all_variables(Context& context) {
    Variables variables = file_variables(context);
    for (const std::string& text : context.line().variables)
        variables[text.substr(0, text.find('='))] = parse_assignment("env." + text).value;
    return variables;
}

Path directory_of(Context& context, const Path& file) {
    const auto real = context.world().files.real_path(file);
    const Path path = real ? *real : file;
    return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

Document from_compose(Context& context, const std::string& service) {
    const Path& file = context.line().compose_file;
    const ComposeResult result =
        convert_compose({read_source(context, file), file, directory_of(context, file), service, all_variables(context)});
    for (const ComposeLoss& loss : result.losses)
        fmt::print(context.terminal().err, "{}:{}: {}\n", shown(file, context.style()), loss.line, shown(loss.what, context.style()));
    return Document::parse(result.env_text, file + " (converted)");
}

/// What the document names as {env.NAME}, or has in [env]: other values of a file that is made for many services are none of its business.
void take_variables(Document& document, const Variables& variables, const std::string& text) {
    const std::string lower = lower_case(text);
    for (const auto& [name, value] : variables) {
        const bool is_named = lower.find(fmt::format("{{env.{}}}", lower_case(name))) != std::string::npos;
        if (is_named || document.find("env", lower_case(name)) != nullptr) document.set("env", lower_case(name), value);
    }
}

/// A list of nodes with the values of [env] that it names. One that is another on another node is no value for a list that all share.
std::string with_env_values(const Document& document, const Entry& list) {
    const auto value_of = [&](const Reference& reference) -> tl::expected<std::string, LookUpProblem> {
        const std::string keyword = lower_case(reference.keyword);
        const Section* env = lower_case(reference.section) == "env" ? document.find("env") : nullptr;
        const Entry* entry = env == nullptr || reference.count || reference.index ? nullptr : document.find("env", keyword);
        const auto is_scoped = [&](const Entry& one) { return one.keyword == keyword && !one.scope.empty(); };
        if (entry == nullptr || has_references(entry->value) || std::ranges::any_of(env->entries, is_scoped))
            return tl::unexpected(LookUpProblem{});
        return entry->value;
    };
    Expansion expansion = expand(list.value, {}, value_of);
    if (expansion.problems.empty()) return std::move(expansion.text);
    throw Error(
        Error::Code::invalid,
        fmt::format("labels in `{}` are resolved once, and '{}' has no value that is the same on every node", list.keyword, list.value),
        list.value_place.to_string(), "write the label out, or give a value of [env] that has no scope: --env NAME=VALUE");
}

/// Whether a list has labels in it, as it is or by way of [env].
bool has_labels(const Document& document, const Entry& list) {
    if (list.value.find('=') != std::string::npos) return true;
    if (!has_references(list.value)) return false;
    const auto value_of = [&](const Reference& reference) -> tl::expected<std::string, LookUpProblem> {
        const Entry* entry = document.find(lower_case(reference.section), lower_case(reference.keyword));
        return entry == nullptr ? std::string() : entry->value;
    };
    return expand(list.value, {}, value_of).text.find('=') != std::string::npos;
}

/// "role=controller" in `nodes` becomes the nodes that have this label today, and stays what it became.
void state_nodes(Context& context, Document& document) {
    const auto sections = document.sections();
    for (const Section& section : sections)
        for (const Entry& entry : section.entries) {
            if (entry.keyword != "nodes" && entry.keyword != "drpnode" && entry.keyword != "drpnodes") continue;
            if (!has_labels(document, entry)) continue;
            const std::string stated = stated_nodes(with_env_values(document, entry), context.node(), entry.value_place);
            document.set(section.name, entry.scope.empty() ? entry.keyword : fmt::format("{}@{}", entry.keyword, entry.scope), stated);
            fmt::print(context.terminal().err, "svcmgr: {} = {} stands for {}\n", entry.keyword, entry.value, stated);
        }
}

Document begin(Context& context, const std::string& service) {
    const CommandLine& line = context.line();
    if (line.has("compose")) return from_compose(context, service);
    Path source = fmt::format("{}/{}.env", context.paths().configuration, service);
    std::string text;
    if (line.has("config") || line.has("template")) {
        source = line.has("config") ? line.config_file : template_file(context, line.template_name);
        text = read_source(context, source);
    } else if (line.assignments.empty() && line.variables.empty()) {
        throw Error(Error::Code::invalid, "nothing says what the service is made of", "",
                    "give --config FILE, --template NAME, --compose FILE or --kw container#1.type=kvm …");
    }
    Document document = Document::parse(text, source);
    take_variables(document, file_variables(context), text);
    return document;
}

/// Each text with `prefix` before it is an assignment.
void set_all(Document& document, const std::vector<std::string>& texts, const std::string& prefix) {
    for (const std::string& text : texts) {
        const Assignment one = parse_assignment(prefix + text);
        document.set(one.name.section, one.name.keyword, one.value);
    }
}

int run_create(Context& context) {
    refuse_params(context);
    const CommandLine& line = context.line();
    const std::string service = context.only_service();
    if (line.has("config") + line.has("template") + line.has("compose") > 1)
        throw Error(Error::Code::invalid, "--config, --template and --compose all say what to begin with", "", "give one of them");
    Document document = begin(context, service);
    set_all(document, line.assignments, "");
    if (!line.has("compose")) set_all(document, line.variables, "env.");
    state_nodes(context, document);
    const EnvChange made = create_env_file(context.world(), context.paths(), context.node(), service, document);
    show_change(context, made,
                Error(Error::Code::invalid, "what was given has errors; no service was made", made.file,
                      "mend what is shown above, then try again"));
    fmt::print(context.terminal().out, "{} is made: {}\n", service, made.file);
    return 0;
}

}  // namespace

Command create_command() {
    return {
        "create",
        "",
        "Env files",
        "Make a service: from a file, a template, a compose file, keywords.",
        {"config", "template", "compose", "kw", "param", "value", "env", "env-file"},
        run_create,
        {"text", "json"},
        "--env and --env-file give values to what a template names as {env.NAME}, and to ${NAME} of a compose file; what nobody gives a "
        "value is an error that names its lines. What of a compose file an env file can't say is listed on stderr, with its lines. A "
        "label in `nodes`, as in role=controller, becomes the nodes that have it by `label.role` of node.conf."};
}

}  // namespace svcmgr
