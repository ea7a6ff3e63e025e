#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/host.h"
#include "drivers/signals.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/error_text.h"

namespace svcmgr {

namespace {

/// Of a file that is not what it should be, the first errors say enough.
constexpr std::size_t most_errors = 20;

}  // namespace

Context::Context(World world, const Paths& paths, Terminal& terminal, const CommandLine& line, std::function<void(const Node&)> on_node)
    : world_(world), paths_(paths), terminal_(terminal), line_(line), on_node_(std::move(on_node)) {}

Style Context::style() const {
    const bool colour = line_.color == "always" || (line_.color == "auto" && terminal_.out_is_terminal && !terminal_.no_color);
    return {colour ? Style::Colour::ansi : Style::Colour::none, terminal_.utf8 ? Style::Letters::utf8 : Style::Letters::ascii,
            terminal_.width};
}

const Node& Context::node() {
    if (!node_) {
        node_ = Node::load(world_.files, world_.host, paths_);
        print_errors(node_->findings());
        if (on_node_) on_node_(*node_);
    }
    return *node_;
}

std::vector<std::string> Context::services() {
    if (!line_.services) return service_names(world_.files, paths_);
    std::vector<std::string> names;
    for (const std::string& name : *line_.services) {
        check_service_name(name);
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
}

std::string Context::only_service() {
    if (line_.services && line_.services->size() == 1) return services().front();
    throw Error(Error::Code::invalid, "this command acts on one service", "", "name it with -s NAME; `svcmgr ls` shows them");
}

LoadedService Context::load(const std::string& service) {
    LoadedService loaded = load_service(world_.files, paths_, node(), service);
    print_errors(loaded.findings);
    if (loaded.document.sections().empty())
        throw Error(Error::Code::invalid, "this is not an env file", loaded.service->file(), "mend the lines shown above, then try again");
    return loaded;
}

LoadedService Context::load_strictly(const std::string& service) {
    LoadedService loaded = load(service);
    if (has_errors(loaded.findings))
        throw Error(Error::Code::invalid, "the env file has errors; nothing was done", loaded.service->file(),
                    "mend the lines shown above, then try again");
    return loaded;
}

Selection Context::selection(const Service& service) {
    Selection selection;
    if (!line_.rids) return selection;
    selection.rids.emplace();
    for (const std::string& wanted : *line_.rids) {
        bool found = false;
        for (const auto& resource : service.resources()) {
            if (resource->rid().text() != wanted && resource->rid().kind() != wanted) continue;
            selection.rids->insert(resource->rid());
            found = true;
        }
        if (!found)
            throw Error(Error::Code::invalid, fmt::format("there is no resource {}", wanted), service.name(),
                        fmt::format("`svcmgr -s {} print status` shows its resources", service.name()));
    }
    return selection;
}

int Context::for_each_service(const std::function<int(const std::string& service)>& each) {
    const std::vector<std::string> names = services();
    if (names.empty())
        throw Error(Error::Code::invalid, "there is no service on this node", paths_.configuration, "a file NAME.env there makes one");
    int highest = 0;
    std::vector<std::string> failures;
    for (const std::string& name : names) {
        int code = 0;
        try {
            code = each(name);
        } catch (const Error& error) {
            if (error.code() == Error::Code::interrupted) throw;
            code = report(error);
        }
        if (code != 0) failures.push_back(fmt::format("{} {}", name, code));
        highest = std::max(highest, code);
    }
    if (names.size() > 1 && !failures.empty())
        fmt::print(terminal_.err, "svcmgr: exit codes other than 0: {}\n", fmt::join(failures, ", "));
    return highest;
}

int Context::report(const Error& error) {
    if (json()) terminal_.out << error_json(error) << '\n';
    terminal_.err << error_text(error);
    const int signal = error.code() == Error::Code::interrupted ? world_.signals.take() : 0;
    return signal != 0 ? 128 + signal : exit_code(error);
}

void Context::check_signals() {
    if (const int signal = world_.signals.pending(); signal != 0)
        throw Error(Error::Code::interrupted, fmt::format("stopped by signal {} before everything was looked at", signal));
}

void Context::print_errors(const Findings& findings) {
    std::size_t errors = 0;
    for (const Finding& finding : findings)
        if (finding.level == Finding::Level::error && ++errors <= most_errors) terminal_.err << to_text(finding) << '\n';
    if (errors > most_errors) fmt::print(terminal_.err, "… and {} errors more: `validate config` shows them all\n", errors - most_errors);
}

}  // namespace svcmgr
