#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <set>

#include "drivers/error.h"
#include "drivers/host.h"
#include "drivers/signals.h"
#include "svcmgr/cluster/kept_looks.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/error_text.h"

namespace svcmgr {

namespace {

/// Of a file that is not what it should be, the first errors say enough.
constexpr std::size_t most_errors = 20;
/// Of more services than these nobody reads the exit codes one by one.
constexpr std::size_t most_named = 50;

bool is_pattern(const std::string& name) {
    return name.find_first_of("*?[") != std::string::npos;
}

/// The services as somebody saw them last: nobody is asked.
std::vector<Observation> recalled(Context& context, const std::vector<LoadedService>& loaded) {
    KeptLooks kept(context.world(), context.paths(), context.node());
    std::vector<Observation> seen;
    seen.reserve(loaded.size());
    for (const LoadedService& one : loaded) seen.push_back(kept.observe(*one.service, {}, kept.recall(one.service->name())));
    return seen;
}

}  // namespace

Context::Context(World world, const Paths& paths, Terminal& terminal, const CommandLine& line, std::function<void(const Node&)> on_node)
    : world_(world), paths_(paths), terminal_(terminal), line_(line), on_node_(std::move(on_node)) {}

Context::Context(const Context& other, World world, Terminal& terminal)
    : command(other.command),
      arguments(other.arguments),
      until(other.until),
      world_(world),
      paths_(other.paths_),
      terminal_(terminal),
      line_(other.line_),
      node_(other.node_) {}

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
    return chosen_of(named_services());
}

std::vector<std::string> Context::named_services() {
    if (!line_.services) return service_names(world_.files, paths_);
    std::vector<std::string> names;
    for (const std::string& name : *line_.services) {
        std::vector<std::string> matching{name};
        if (is_pattern(name)) {
            matching = service_names(world_.files, paths_);
            std::erase_if(matching, [&](const std::string& one) { return ::fnmatch(name.c_str(), one.c_str(), 0) != 0; });
            if (matching.empty())
                throw Error(Error::Code::invalid, fmt::format("no service has a name like '{}'", name), paths_.configuration,
                            "`svcmgr ls` shows this node's services");
        } else {
            check_service_name(name);
        }
        for (std::string& one : matching)
            if (std::ranges::find(names, one) == names.end()) names.push_back(std::move(one));
    }
    return names;
}

/// Those that --status, --onlyprimary and --onlysecondary choose. A service that can't be read is chosen, so that the command says so.
std::vector<std::string> Context::chosen_of(std::vector<std::string> names) {
    if (!line_.statuses && line_.placement == CommandLine::Placement::any) return names;
    std::set<std::string> left_out;
    std::vector<LoadedService> loaded;
    for (const std::string& name : names) {
        try {
            LoadedService service = load_service(world_.files, paths_, node(), name);
            const bool primary = service.service->placement_leader(node().name());
            const bool wanted =
                line_.placement == CommandLine::Placement::any || primary == (line_.placement == CommandLine::Placement::primary);
            if (wanted)
                loaded.push_back(std::move(service));
            else
                left_out.insert(name);
        } catch (const Error& error) {
            if (error.code() == Error::Code::interrupted) throw;
        }
    }
    if (line_.statuses) {
        const std::vector<Observation> seen = line_.has("cached") ? recalled(*this, loaded) : look_at(loaded);
        check_signals();
        for (std::size_t i = 0; i < loaded.size(); ++i) {
            const Service& service = *loaded[i].service;
            if (!line_.statuses->contains(service.summarize(seen[i]).overall)) left_out.insert(service.name());
        }
    }
    std::erase_if(names, [&](const std::string& name) { return left_out.contains(name); });
    return names;
}

std::string Context::only_service() {
    if (line_.services && line_.services->size() == 1 && !is_pattern(line_.services->front())) {
        check_service_name(line_.services->front());
        return line_.services->front();
    }
    throw Error(Error::Code::invalid, "this command acts on one service", "", "name it with -s NAME; `svcmgr ls` shows them");
}

LoadedService Context::load(const std::string& service) {
    return accept(load_service(world_.files, paths_, node(), service));
}

LoadedService Context::accept(LoadedService loaded) {
    print_errors(loaded.findings);
    if (!loaded.has_sections)
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

std::vector<Observation> Context::look_at(const std::vector<LoadedService>& loaded) {
    std::vector<Sight> sights;
    sights.reserve(loaded.size());
    for (const LoadedService& one : loaded) sights.push_back({one.service.get(), {}});
    return look_together(world_, paths_, node(), sights);
}

std::optional<Selection> Context::selection(const Service& service) {
    if (!line_.rids && line_.tags.empty() && !line_.subsets) return Selection{};
    if (line_.rids) check_rids(service);
    Selection selection;
    selection.rids.emplace();
    for (const auto& resource : service.resources())
        if (chosen(*resource)) selection.rids->insert(resource->rid());
    if (!selection.rids->empty()) return selection;
    fmt::print(terminal_.err, "svcmgr: {} has no resource that --rid, --tags and --subsets choose; nothing was done\n", service.name());
    return {};
}

namespace {

bool names(const std::string& word, const Rid& rid) {
    return rid.text() == word || rid.kind() == word;
}

}  // namespace

bool Context::chosen(const Resource& resource) const {
    const std::vector<std::string> tags = resource.tags();
    const auto has_tag = [&](const std::string& tag) { return std::ranges::find(tags, tag) != tags.end(); };
    const auto named = [&](const std::string& word) { return names(word, resource.rid()); };
    if (line_.rids && !std::ranges::any_of(*line_.rids, named)) return false;
    if (!line_.tags.empty() && !std::ranges::any_of(line_.tags, [&](const auto& group) { return std::ranges::all_of(group, has_tag); }))
        return false;
    return !line_.subsets || std::ranges::find(*line_.subsets, resource.subset()) != line_.subsets->end();
}

/// A resource that the only service in question does not have is a slip of the pen; of several, some may have it.
void Context::check_rids(const Service& service) const {
    if (!line_.services || line_.services->size() != 1 || is_pattern(line_.services->front())) return;
    for (const std::string& wanted : *line_.rids)
        if (std::ranges::none_of(service.resources(), [&](const auto& resource) { return names(wanted, resource->rid()); }))
            throw Error(Error::Code::invalid, fmt::format("there is no resource {}", wanted), service.name(),
                        fmt::format("`svcmgr -s {} print status` shows its resources", service.name()));
}

std::vector<std::string> Context::chosen_services() {
    std::vector<std::string> named = named_services();
    if (named.empty())
        throw Error(Error::Code::invalid, "there is no service on this node", paths_.configuration, "a file NAME.env there makes one");
    std::vector<std::string> names = chosen_of(std::move(named));
    if (names.empty()) terminal_.err << "svcmgr: no service is as --status, --onlyprimary and --onlysecondary choose; nothing was done\n";
    return names;
}

std::vector<std::string> Context::chosen_services_if_any() {
    return line_.services || !named_services().empty() ? chosen_services() : std::vector<std::string>{};
}

int Context::for_each_service(const std::function<int(const std::string& service)>& each) {
    return for_each(chosen_services(), each);
}

int Context::for_each(const std::vector<std::string>& names, const std::function<int(const std::string& service)>& each) {
    int highest = 0;
    std::vector<std::string> failures;
    std::map<int, std::size_t> counts;
    for (const std::string& name : names) {
        int code = 0;
        try {
            code = each(name);
        } catch (const Error& error) {
            if (error.code() == Error::Code::interrupted) throw;
            code = report(error);
        }
        if (code != 0) {
            failures.push_back(fmt::format("{} {}", name, code));
            ++counts[code];
        }
        highest = std::max(highest, code);
    }
    if (failures.size() > most_named) {
        failures.clear();
        for (const auto& [code, count] : counts) failures.push_back(fmt::format("{} of {} services", code, count));
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
