#include "svcmgr/compose/service_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drivers/hypervisor/keywords/docker_run.h"
#include "drivers/numbers.h"
#include "drivers/options.h"
#include "svcmgr/compose/variables.h"

namespace svcmgr::compose {

namespace {

/// How often svcmgr starts again what compose would start again for ever.
constexpr int restarts_for_ever = 3;

}  // namespace

std::string ServiceReader::text(const YAML::Node& node) {
    if (!node.IsScalar()) return {};
    return with_variables(node.Scalar(), source_.variables, [&](const std::string& name) { listener_.missing(line_of(node), name); });
}

std::vector<std::string> ServiceReader::texts(const YAML::Node& node) {
    std::vector<std::string> all;
    if (node.IsScalar()) all.push_back(text(node));
    if (node.IsSequence())
        for (const auto& one : node)
            if (one.IsScalar()) all.push_back(text(one));
    return all;
}

void ServiceReader::lose(const Item& item, const std::string& why) {
    listener_.lose(item.line, fmt::format("{}.{}: {}", service_.name, item.key, why));
}

bool ServiceReader::flag(const Item& item) {
    const auto read = parse_boolean(text(item.value));
    if (!read) lose(item, "it is neither true nor false");
    return read.value_or(false);
}

std::string ServiceReader::absolute(std::string path) const {
    if (path == ".") return source_.directory;
    if (path.starts_with("./")) path.erase(0, 2);
    return path.starts_with('/') ? path : fmt::format("{}/{}", source_.directory, path);
}

std::vector<std::string> ServiceReader::pairs(const Item& item) {
    std::vector<std::string> all;
    if (item.value.IsSequence()) all = texts(item.value);
    for (const Item& one : items(item.value)) all.push_back(one.value.IsNull() ? one.key : fmt::format("{}={}", one.key, text(one.value)));
    return all;
}

/// A text is taken apart as a shell would.
std::vector<std::string> ServiceReader::words(const Item& item) {
    if (item.value.IsSequence()) return texts(item.value);
    const auto split = split_command(text(item.value));
    if (!split) lose(item, "a quote is not closed");
    return split.value_or(std::vector<std::string>());
}

void ServiceReader::read_command(const Item& item) {
    if (!item.value.IsNull()) service_.command = words(item);
}

void ServiceReader::read_entrypoint(const Item& item) {
    if (!item.value.IsNull()) service_.entrypoint = words(item);
}

/// A name alone is what whoever calls compose has under that name.
void ServiceReader::read_environment(const Item& item) {
    for (const std::string& one : pairs(item)) {
        const bool has_value = one.find('=') != std::string::npos;
        const auto value = source_.variables.find(one);
        if (has_value)
            service_.environment.push_back(one);
        else if (value != source_.variables.end())
            service_.environment.push_back(fmt::format("{}={}", one, value->second));
        else
            listener_.missing(item.line, one);
    }
}

void ServiceReader::read_env_file(const Item& item) {
    for (const std::string& file : texts(item.value)) service_.env_files.push_back(absolute(file));
}

void ServiceReader::read_network_mode(const Item& item) {
    service_.network_mode = text(item.value);
    for (const std::string_view prefix : {"service:", "container:"})
        if (service_.network_mode.starts_with(prefix)) service_.depends_on.push_back({service_.network_mode.substr(prefix.size())});
}

void ServiceReader::read_networks(const Item& item) {
    for (const std::string& name : texts(item.value)) service_.networks.push_back({name, {}, {}, {}});
    for (const Item& one : items(item.value)) {
        Membership member{one.key, {}, {}, {}};
        for (const Item& said : items(one.value)) {
            if (said.key == "ipv4_address")
                member.address = text(said.value);
            else if (said.key == "ipv6_address")
                member.address6 = text(said.value);
            else if (said.key == "aliases")
                member.aliases = texts(said.value);
            else
                lose(said, fmt::format("a place in the network {} can't say it", one.key));
        }
        if (!member.address.empty() && !member.address6.empty()) {
            lose(one, "only one address can be asked for; the one of IPv4 is");
            member.address6.clear();
        }
        service_.networks.push_back(std::move(member));
    }
}

/// The long form as the short one; empty when that can't be.
std::string ServiceReader::volume_of(const Item& item, const YAML::Node& node) {
    if (node.IsScalar()) return text(node);
    std::string type, source, target;
    bool readonly = false;
    for (const Item& one : items(node)) {
        if (one.key == "type")
            type = text(one.value);
        else if (one.key == "source")
            source = text(one.value);
        else if (one.key == "target")
            target = text(one.value);
        else if (one.key == "read_only")
            readonly = flag(one);
        else
            lose({item.key, one.value, one.line}, fmt::format("'{}' of a volume can't be said", one.key));
    }
    if (type == "tmpfs") {
        service_.tmpfs.push_back(target);
        return {};
    }
    if (type == "bind") source = absolute(source);
    return source.empty() ? target : fmt::format("{}:{}{}", source, target, readonly ? ":ro" : "");
}

void ServiceReader::read_volumes(const Item& item) {
    for (const auto& node : item.value) {
        std::string volume = volume_of(item, node);
        if (volume.empty()) continue;
        const bool has_source = volume.find(':') != std::string::npos;
        if (volume.starts_with('~'))
            lose({item.key, node, line_of(node)}, fmt::format("'{}' depends on who calls: write the path", volume));
        else if (volume.starts_with('.'))
            service_.volumes.push_back(absolute(volume));
        else if (has_source && !volume.starts_with('/'))
            service_.volumes.push_back(resource_name(volume));
        else
            service_.volumes.push_back(std::move(volume));
    }
}

void ServiceReader::read_ports(const Item& item) {
    for (const auto& node : item.value) {
        std::string port = text(node);
        if (node.IsMap()) {
            std::string published, target, protocol;
            for (const Item& one : items(node)) {
                if (one.key == "published") published = text(one.value);
                if (one.key == "target") target = text(one.value);
                if (one.key == "protocol") protocol = text(one.value);
            }
            port = (published.empty() ? "" : published + ":") + target + (protocol.empty() ? "" : "/" + protocol);
        }
        if (const auto read = parse_docker_port(port); !read)
            lose({item.key, node, line_of(node)}, read.error());
        else
            service_.ports.push_back(std::move(port));
    }
}

void ServiceReader::read_depends_on(const Item& item) {
    for (const std::string& name : texts(item.value)) service_.depends_on.push_back({name});
    for (const Item& one : items(item.value)) {
        Dependency dependency{one.key};
        for (const Item& said : items(one.value))
            if (said.key == "condition") dependency.on_its_end = text(said.value) == "service_completed_successfully";
        service_.depends_on.push_back(std::move(dependency));
    }
}

void ServiceReader::read_links(const Item& item) {
    for (const std::string& link : texts(item.value)) service_.depends_on.push_back({link.substr(0, link.find(':'))});
    lose(item, "kept as an order only: containers find each other in a network that both are in");
}

void ServiceReader::read_labels(const Item& item) {
    for (const std::string& one : pairs(item)) {
        const auto equal = one.find('=');
        service_.labels.emplace_back(one.substr(0, equal), equal == std::string::npos ? "" : one.substr(equal + 1));
    }
}

void ServiceReader::read_health(const Item& item) {
    static const std::map<std::string, const char*, std::less<>> options = {{"interval", "--health-interval"},
                                                                            {"timeout", "--health-timeout"},
                                                                            {"retries", "--health-retries"},
                                                                            {"start_period", "--health-start-period"}};
    const auto add = [&](const std::string& option, const std::string& value) {
        service_.health.push_back(option);
        if (!value.empty()) service_.health.push_back(value);
    };
    for (const Item& one : items(item.value)) {
        if (const auto option = options.find(one.key); option != options.end()) {
            add(option->second, text(one.value));
        } else if (one.key == "disable") {
            if (flag(one)) add("--no-healthcheck", "");
        } else if (one.key == "test") {
            std::vector<std::string> test = texts(one.value);
            const std::string form = one.value.IsSequence() && !test.empty() ? test.front() : "CMD-SHELL";
            if (one.value.IsSequence() && !test.empty()) test.erase(test.begin());
            if (form == "NONE")
                add("--no-healthcheck", "");
            else
                add("--health-cmd", fmt::format("{}", fmt::join(test, " ")));
        } else {
            lose(one, "a health check can't say it");
        }
    }
}

void ServiceReader::read_restart(const Item& item) {
    const std::string said = text(item.value);
    if (said.empty() || said == "no" || said == "false") return;
    service_.restarts = restarts_for_ever;
    const auto colon = said.find(':');
    if (said.starts_with("on-failure:")) {
        service_.restarts = parse_number<int>(said.substr(colon + 1)).value_or(restarts_for_ever);
        return;
    }
    lose(item,
         fmt::format("'{}' is for ever: `restart = {}` tries that often, and `monitor` tells who it is for", said, restarts_for_ever));
}

void ServiceReader::read_simple(const Item& item) {
    const std::map<std::string_view, std::string*> places = {
        {"image", &service_.image},       {"container_name", &service_.container_name},
        {"user", &service_.user},         {"working_dir", &service_.working_dir},
        {"hostname", &service_.hostname}, {"stop_grace_period", &service_.stop_grace_period}};
    const std::map<std::string_view, bool*> flags = {
        {"privileged", &service_.privileged}, {"tty", &service_.tty}, {"stdin_open", &service_.stdin_open}};
    if (const auto place = places.find(item.key); place != places.end())
        *place->second = text(item.value);
    else
        *flags.at(item.key) = flag(item);
}

void ServiceReader::read_list(const Item& item) {
    const std::map<std::string_view, std::vector<std::string>*> places = {
        {"cap_add", &service_.cap_add}, {"devices", &service_.devices}, {"tmpfs", &service_.tmpfs}};
    *places.at(item.key) = texts(item.value);
}

const std::map<std::string, ServiceReader::Read, std::less<>>& ServiceReader::readers() {
    using S = ServiceReader;
    static const std::map<std::string, Read, std::less<>> all = {
        {"image", &S::read_simple},
        {"container_name", &S::read_simple},
        {"user", &S::read_simple},
        {"working_dir", &S::read_simple},
        {"hostname", &S::read_simple},
        {"stop_grace_period", &S::read_simple},
        {"privileged", &S::read_simple},
        {"tty", &S::read_simple},
        {"stdin_open", &S::read_simple},
        {"cap_add", &S::read_list},
        {"devices", &S::read_list},
        {"tmpfs", &S::read_list},
        {"command", &S::read_command},
        {"entrypoint", &S::read_entrypoint},
        {"environment", &S::read_environment},
        {"env_file", &S::read_env_file},
        {"net", &S::read_network_mode},
        {"network_mode", &S::read_network_mode},
        {"networks", &S::read_networks},
        {"volumes", &S::read_volumes},
        {"ports", &S::read_ports},
        {"depends_on", &S::read_depends_on},
        {"links", &S::read_links},
        {"labels", &S::read_labels},
        {"healthcheck", &S::read_health},
        {"restart", &S::read_restart},
        {"expose", &S::ignore},
    };
    return all;
}

ComposeService ServiceReader::read(const Item& item) {
    service_ = {};
    service_.name = item.key;
    service_.line = item.line;
    for (const Item& one : items(item.value)) {
        if (one.key.starts_with("x-")) continue;
        const auto reader = readers().find(one.key);
        if (reader != readers().end())
            (this->*reader->second)(one);
        else
            lose(one,
                 one.key == "build" ? "svcmgr builds nothing: build the image, and say its name in `image`" : "an env file can't say it");
    }
    return std::move(service_);
}

ComposeNetwork ServiceReader::read_network(const Item& item) {
    service_ = {};
    service_.name = "networks." + item.key;
    ComposeNetwork network;
    network.name = resource_name(item.key);
    for (const Item& one : items(item.value)) {
        if (one.key == "external") {
            network.external = one.value.IsMap() || flag(one);
            network.name = item.key;
            for (const Item& said : items(one.value))
                if (said.key == "name") network.name = text(said.value);
        } else if (one.key == "name") {
            network.name = text(one.value);
        } else if (one.key == "driver") {
            network.driver = text(one.value);
        } else if (one.key == "internal") {
            network.internal = flag(one);
        } else if (one.key == "driver_opts") {
            network.options = pairs(one);
        } else if (one.key == "ipam") {
            for (const Item& said : items(one.value)) {
                if (said.key != "config") continue;
                for (const auto& range : said.value)
                    for (const Item& part : items(range)) {
                        if (part.key == "subnet") network.subnets.push_back(text(part.value));
                        if (part.key == "gateway") network.gateways.push_back(text(part.value));
                    }
            }
        } else {
            lose(one, "a network of svcmgr can't say it");
        }
    }
    return network;
}

}  // namespace svcmgr::compose
