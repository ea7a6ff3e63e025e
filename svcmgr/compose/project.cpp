#include "svcmgr/compose/project.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "drivers/error.h"
#include "svcmgr/compose/service_reader.h"

namespace svcmgr::compose {

namespace {

constexpr std::size_t most_missing = 50;

/// Variables that nobody has given a value, each with the lines that name it.
class Missing {
public:
    void add(int line, const std::string& name) { lines_[name].insert(line); }

    void refuse(const Path& file) const {
        if (lines_.empty()) return;
        std::vector<std::string> names;
        for (const auto& [name, lines] : lines_) {
            if (names.size() == most_missing) break;
            names.push_back(fmt::format("{} (line {})", name, fmt::join(lines, ", ")));
        }
        throw Error(Error::Code::invalid, fmt::format("nobody says what these are: {}", fmt::join(names, ", ")), file,
                    "give them by --env NAME=VALUE or --env-file FILE");
    }

private:
    std::map<std::string, std::set<int>> lines_;
};

/// "container:web" is a service of the file where one makes a container of that name, or has it itself; else one that others made.
void find_sharers(std::vector<ComposeService>& services) {
    constexpr std::string_view prefix = "container:";
    for (ComposeService& service : services) {
        if (!service.network_mode.starts_with(prefix)) continue;
        const std::string named = service.network_mode.substr(prefix.size());
        auto owner = std::ranges::find(services, named, &ComposeService::container_name);
        if (owner == services.end()) owner = std::ranges::find(services, named, &ComposeService::name);
        if (owner == services.end()) continue;
        service.network_mode = "service:" + owner->name;
        service.depends_on.push_back({owner->name});
    }
}

Project read(const ComposeSource& source) {
    const YAML::Node file = YAML::Load(source.text);
    if (!file.IsMap()) throw Error(Error::Code::invalid, "it is no compose file: no mapping of services", source.file);
    Project project;
    Missing missing;
    const bool first_version = !file["services"] && !file["version"];
    project.version = first_version ? Version::first : Version::later;
    ServiceReader reader(source, project.version,
                         {[&](int line, std::string what) {
                              project.losses.push_back({line, std::move(what)});
                          },
                          [&](int line, const std::string& variable) { missing.add(line, variable); }});
    const auto read_services = [&](const YAML::Node& services) {
        for (const Item& item : items(services)) {
            if (item.key.starts_with("x-")) continue;
            if (!item.value.IsMap())
                throw Error(Error::Code::invalid, fmt::format("'{}' is no service", item.key), fmt::format("{}:{}", source.file, item.line),
                            "a service is a mapping with an `image`");
            project.services.push_back(reader.read(item));
        }
    };
    if (first_version)
        read_services(file);
    else if (const YAML::Node volumes = file["volumes"])
        for (const Item& volume : items(volumes)) reader.read_volume(volume);
    for (const Item& item : items(file)) {
        if (first_version || item.key == "version" || item.key == "name" || item.key.starts_with("x-")) continue;
        if (item.key == "services") {
            read_services(item.value);
        } else if (item.key == "networks") {
            for (const Item& network : items(item.value)) project.networks[network.key] = reader.read_network(network);
        } else if (item.key != "volumes") {
            project.losses.push_back({item.line, fmt::format("{}: an env file can't say it", item.key)});
        }
    }
    missing.refuse(source.file);
    find_sharers(project.services);
    if (project.services.empty()) throw Error(Error::Code::invalid, "it has no service", source.file);
    return project;
}

}  // namespace

Project read_project(const ComposeSource& source) {
    try {
        return read(source);
    } catch (const YAML::ParserException& error) {
        throw Error(Error::Code::invalid, error.msg, fmt::format("{}:{}:{}", source.file, error.mark.line + 1, error.mark.column + 1),
                    "correct it: `docker-compose config` checks it too");
    }
}

std::vector<ComposeService> in_order(std::vector<ComposeService> services, const Path& file) {
    for (const ComposeService& service : services)
        for (const Dependency& dependency : service.depends_on)
            if (std::ranges::find(services, dependency.service, &ComposeService::name) == services.end())
                throw Error(Error::Code::invalid, fmt::format("{} depends on {}, which is no service", service.name, dependency.service),
                            fmt::format("{}:{}", file, service.line));
    std::vector<ComposeService> ordered;
    const auto waits = [&](const ComposeService& service) {
        return std::ranges::any_of(service.depends_on, [&](const Dependency& dependency) {
            return std::ranges::find(ordered, dependency.service, &ComposeService::name) == ordered.end();
        });
    };
    while (!services.empty()) {
        const auto next = std::ranges::find_if(services, [&](const ComposeService& service) { return !waits(service); });
        if (next == services.end())
            throw Error(Error::Code::invalid, fmt::format("{} depends on itself, by way of others", services.front().name),
                        fmt::format("{}:{}", file, services.front().line), "take one of its `depends_on` out");
        ordered.push_back(std::move(*next));
        services.erase(next);
    }
    return ordered;
}

}  // namespace svcmgr::compose

namespace svcmgr {

ComposeResult convert_compose(const ComposeSource& source) {
    compose::Project project = compose::read_project(source);
    project.services = compose::in_order(std::move(project.services), source.file);
    ComposeResult result;
    result.losses = std::move(project.losses);
    result.env_text = compose::env_text(project, source, result.losses);
    std::ranges::stable_sort(result.losses, {}, &ComposeLoss::line);
    return result;
}

}  // namespace svcmgr
