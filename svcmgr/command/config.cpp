// Env files looked at: ls, print config, get, validate config.

#include "svcmgr/report/config.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <iterator>

#include "drivers/error.h"
#include "drivers/hypervisor/keywords/docker_run.h"
#include "resources/container.h"
#include "svcmgr/cluster/env_change.h"
#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/findings.h"

namespace svcmgr {

namespace {

/// Whether a container has all labels that --label asks for, each NAME or NAME=VALUE.
bool has_labels(const Options& section, const std::vector<std::string>& wanted) {
    const DockerRun::Pairs labels = read_docker_section(section).run.labels;
    return std::ranges::all_of(wanted, [&](const std::string& one) {
        const auto equal = one.find('=');
        const auto found = labels.find(one.substr(0, equal));
        return found != labels.end() && (equal == std::string::npos || found->second == one.substr(equal + 1));
    });
}

int list_containers(Context& context) {
    std::vector<ContainerSeen> seen;
    const int code = context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        for (const auto& resource : loaded.service->resources()) {
            const auto* container = dynamic_cast<const Container*>(resource.get());
            if (container == nullptr || container->hypervisor() != "docker" || !has_labels(container->options(), context.line().labels))
                continue;
            seen.push_back({name, container->rid().text(), container->label()});
        }
        return 0;
    });
    if (context.json())
        context.terminal().out << containers_json(seen) << '\n';
    else
        for (const ContainerSeen& one : seen) fmt::print(context.terminal().out, "{} {}\n", one.service, one.rid);
    return code;
}

int run_ls(Context& context) {
    if (!context.line().labels.empty()) return list_containers(context);
    const std::vector<std::string> names = context.services();
    if (context.json()) {
        context.terminal().out << services_json(names) << '\n';
        return 0;
    }
    for (const std::string& name : names) context.terminal().out << name << '\n';
    return 0;
}

struct Read {
    Document document;
    Sections sections;
    std::string node;  ///< who reads it
};

/// A service's file as this node reads it, or the one that --impersonate names.
Read read(Context& context, const std::string& service) {
    const Path file = env_file_of(context.world().files, context.paths(), service);
    Document document = Document::parse(read_env_file(context.world().files, context.paths(), file), file);
    const std::string& other = context.line().impersonate;
    std::string node = other.empty() ? context.node().name() : other;
    Sections sections = Sections::evaluate(document, {node, service}, env_shape);
    context.print_errors(sections.findings());
    const auto knows = [&](std::string_view keyword) {
        const std::vector<std::string> nodes = sections.defaults().list(keyword);
        return std::ranges::find(nodes, node) != nodes.end();
    };
    if (!other.empty() && !knows("nodes") && !knows("drpnodes") && !knows("drpnode"))
        fmt::print(context.terminal().err, "svcmgr: {} is no node of {}\n", node, service);
    return {std::move(document), std::move(sections), std::move(node)};
}

SecretValues secrets(const Context& context) {
    return context.line().has("show-secrets") ? SecretValues::shown : SecretValues::hidden;
}

void print_as_it_is(Context& context, const std::string& service) {
    const Path file = env_file_of(context.world().files, context.paths(), service);
    context.terminal().out << config_text(read_text(context.world().files, file), context.style(), secrets(context));
}

int run_print_config(Context& context) {
    const bool evaluate = context.line().has("eval") || context.line().has("impersonate") || context.json();
    std::vector<EvaluatedConfig> configs;
    const int code = context.for_each_service([&](const std::string& name) {
        if (!evaluate) {
            print_as_it_is(context, name);
            return 0;
        }
        Read seen = read(context, name);
        configs.push_back({name, seen.node, seen.document.file(), std::move(seen.sections)});
        if (!context.json()) context.terminal().out << evaluated_text(configs.back(), context.style(), secrets(context));
        return 0;
    });
    if (context.json()) context.terminal().out << evaluated_json(configs, secrets(context)) << '\n';
    return code;
}

// --- get

Error not_said(const KeywordName& name, const Path& file) {
    return Error(Error::Code::failed, fmt::format("{} does not say {}", file, name.text()), "", "--eval shows its default");
}

ValueSeen as_written(const Document& document, const std::string& service, const KeywordName& name) {
    const Entry* entry = document.find(name.section, name.keyword);
    if (entry == nullptr) throw not_said(name, document.file());
    return {service, name, {entry->value, entry->value_place}};
}

Error no_keyword(const KeywordName& name, const KeywordSet& keywords) {
    std::vector<std::string_view> known;
    for (const Keyword* keyword : keywords.all()) known.push_back(keyword->name);
    const std::string near = nearest_word(name.keyword, known);
    return Error(
        Error::Code::invalid, fmt::format("[{}] has no keyword '{}'", name.section, name.keyword), "",
        near.empty() ? fmt::format("svcmgr print keywords {} shows those it has", name.section) : fmt::format("did you mean '{}'?", near));
}

ValueSeen value_in(const Options& section, const std::string& service, KeywordName name) {
    const Keyword* keyword = section.keywords().find(name.keyword);
    if (keyword != nullptr && !keyword->replaced_by.empty())
        if (const Keyword* today = section.keywords().find(keyword->replaced_by); today != nullptr && today->type == keyword->type)
            keyword = today;
    if (keyword == nullptr) throw no_keyword(name, section.keywords());
    Place place = section.said(keyword->name) ? section.place_of(keyword->name) : Place{};
    return {service, std::move(name), {section.text(keyword->name), std::move(place)}};
}

ValueSeen as_evaluated(const Read& seen, const std::string& service, const KeywordName& name) {
    if (name.section == "DEFAULT") return value_in(seen.sections.defaults(), service, name);
    for (const Options& section : seen.sections.all())
        if (section.section() == name.section) return value_in(section, service, name);
    for (const Sections::Free& free : seen.sections.free()) {
        if (free.name != name.section) continue;
        const auto value = free.values.find(name.keyword);
        if (value == free.values.end()) throw not_said(name, seen.document.file());
        return {service, name, value->second};
    }
    throw Error(Error::Code::invalid, fmt::format("there is no section [{}]", name.section), seen.document.file(),
                fmt::format("svcmgr -s {} print config shows those that are there", service));
}

int run_get(Context& context) {
    if (context.line().params.empty())
        throw Error(Error::Code::invalid, "get needs the keyword to get", "", "--kw container#1.type, for example");
    std::vector<KeywordName> names;
    for (const std::string& param : context.line().params) names.push_back(parse_keyword_name(param));
    const bool evaluate = context.line().has("eval") || context.line().has("impersonate");
    std::vector<ValueSeen> values;
    const int code = context.for_each_service([&](const std::string& service) {
        const Read seen = read(context, service);
        for (const KeywordName& name : names) {
            values.push_back(evaluate ? as_evaluated(seen, service, name) : as_written(seen.document, service, name));
            if (context.json()) continue;
            if (names.size() > 1) fmt::print(context.terminal().out, "{} = ", name.text());
            context.terminal().out << values.back().value.text << '\n';
        }
        return 0;
    });
    if (context.json()) context.terminal().out << values_json(values) << '\n';
    return code;
}

// --- validate config

int show_findings(Context& context, const Findings& findings) {
    if (context.json())
        context.terminal().out << findings_json(findings) << '\n';
    else
        for (const Finding& finding : findings) context.terminal().out << to_text(finding) << '\n';
    return has_errors(findings) ? 2 : 0;
}

int validate_standard_input(Context& context) {
    const std::string service = context.line().services ? context.only_service() : "stdin";
    Document document = Document::parse(context.terminal().read_input(), "-");
    return show_findings(context, make_service(std::move(document), context.paths(), context.node(), service).findings);
}

int run_validate_config(Context& context) {
    if (context.arguments == std::vector<std::string>{"-"}) return validate_standard_input(context);
    if (!context.arguments.empty())
        throw Error(Error::Code::invalid, fmt::format("validate config does not take '{}'", context.arguments.front()), "",
                    "-s names the service; '-' reads the standard input");
    Findings all;
    const int code = context.for_each_service([&](const std::string& name) {
        Findings findings = validate_service(context.world().files, context.paths(), context.node(), name);
        const bool wrong = has_errors(findings);
        std::ranges::move(findings, std::back_inserter(all));
        return wrong ? 2 : 0;
    });
    return std::max(code, show_findings(context, all));
}

}  // namespace

std::vector<Command> config_commands() {
    constexpr std::string_view section = "Env files";
    return {
        {"ls",
         "",
         section,
         "The services that have an env file on this node; with --label their containers that have it.",
         {"label", "format"},
         run_ls},
        {"print config",
         "",
         section,
         "The env file as it is; --eval: as a node reads it.",
         {"eval", "impersonate", "show-secrets", "format"},
         run_print_config},
        {"get", "", section, "The values of keywords.", {"kw", "param", "eval", "impersonate", "format"}, run_get},
        {"validate config",
         "[-]",
         section,
         "All that is wrong or outdated in it; exits with 2 when something is wrong.",
         {"format"},
         run_validate_config},
    };
}

}  // namespace svcmgr
