// An env file from a compose file.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "svcmgr/compose/project.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/reference.h"

namespace svcmgr::compose {

namespace {

bool is_plain(std::string_view word) {
    constexpr std::string_view special = " \t\n'\"\\;#$`&|<>*?()[]{}~!";
    return !word.empty() && word.find_first_of(special) == std::string_view::npos;
}

std::string quoted(const std::string& word) {
    if (is_plain(word)) return word;
    std::string text = "'";
    for (const char c : word) {
        if (c == '\'')
            text += "'\\''";
        else
            text += c;
    }
    return text + "'";
}

/// Letters, digits, '.', '_' and '-': what a container's name may have.
std::string as_name(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_' && c != '-'; }, '_');
    return text;
}

class Writer {
public:
    Writer(const Project& project, const ComposeSource& source, std::vector<ComposeLoss>& losses)
        : project_(project), source_(source), losses_(losses) {}

    std::string write() {
        text_ = fmt::format("# Made from {}: `svcmgr create --compose`.\n[DEFAULT]\ncomment = {}\n", source_.file, source_.service);
        for (const ComposeService& service : project_.services) write_service(service);
        for (const ComposeService& service : project_.services) write_networks(service);
        return std::move(text_);
    }

private:
    std::string rid_of(const std::string& service) const {
        const auto found = std::ranges::find(project_.services, service, &ComposeService::name);
        return fmt::format("container#{}", found - project_.services.begin() + 1);
    }

    void section(const std::string& name) { text_ += fmt::format("\n[{}]\n", name); }

    void say(const ComposeService& service, const std::string& keyword, const std::string& value) {
        if (value.empty()) return;
        if (const std::string problem = unwritable(value); !problem.empty()) {
            losses_.push_back({service.line, fmt::format("{}: `{}` {}", service.name, keyword, problem)});
            return;
        }
        text_ += fmt::format("{} = {}\n", keyword, value);
    }

    static std::string unwritable(const std::string& value) {
        if (value.find_first_of("\n\r") != std::string::npos) return "has several lines, and an env file has a value on one";
        if (value.find(" ;") != std::string::npos) return "has ' ;' in it, behind which an env file has a comment";
        const auto nothing = [](const Reference&) -> tl::expected<std::string, LookUpProblem> { return tl::unexpected(LookUpProblem{}); };
        if (const Expansion expansion = expand(value, {}, nothing); !expansion.problems.empty() || expansion.text != value)
            return "has {…} or $(…) in it, which an env file takes for a reference";
        return is_read_back(value) ? "" : "would be read back from an env file as something else";
    }

    static bool is_read_back(const std::string& value) {
        const Document document = Document::parse(fmt::format("[x]\ny = {}\n", value), "");
        const Entry* entry = document.find("x", "y");
        return document.findings().empty() && entry != nullptr && entry->value == value;
    }

    struct List {
        const char* keyword;  ///< of the env file
        const char* key;      ///< of the compose file
        const char* option;   ///< of `docker run`
    };
    static bool needs_quotes(const std::string& word) { return word.find_first_of(" \t'\"\\") != std::string::npos; }

    /// A list where its words have no blanks; the others become options of `docker run`. What can't be said is lost by itself; only its
    /// name is told, for its value may be a secret.
    void say_list(const ComposeService& service, const List& list, const std::vector<Said>& words, std::vector<std::string>& arguments) {
        std::vector<std::string> plain;
        for (const auto& [word, line] : words) {
            if (const std::string problem = unwritable(needs_quotes(word) ? quoted(word) : word); !problem.empty()) {
                losses_.push_back(
                    {line, fmt::format("{}.{}: {} {}", service.name, list.key, word.substr(0, word.find_first_of("=:")), problem)});
            } else if (needs_quotes(word)) {
                arguments.emplace_back(list.option);
                arguments.push_back(word);
            } else {
                plain.push_back(word);
            }
        }
        say(service, list.keyword, fmt::format("{}", fmt::join(plain, " ")));
    }

    /// Paths, which become options together: their order counts.
    void say_paths(const ComposeService& service, const List& list, const std::vector<std::string>& paths,
                   std::vector<std::string>& arguments) {
        if (std::ranges::none_of(paths, needs_quotes)) return say(service, list.keyword, fmt::format("{}", fmt::join(paths, " ")));
        for (const std::string& path : paths) arguments.insert(arguments.end(), {list.option, path});
    }

    /// "service:db" is the rid of the container that has the network.
    std::string network_of(const ComposeService& service) const {
        constexpr std::string_view prefix = "service:";
        return service.network_mode.starts_with(prefix) ? rid_of(service.network_mode.substr(prefix.size())) : service.network_mode;
    }

    bool runs_once(const ComposeService& service) const {
        return std::ranges::any_of(project_.services, [&](const ComposeService& other) {
            return std::ranges::any_of(other.depends_on,
                                       [&](const Dependency& one) { return one.service == service.name && one.on_its_end; });
        });
    }

    void write_service(const ComposeService& service) {
        std::vector<std::string> arguments;
        section(rid_of(service.name));
        say(service, "comment", service.name);
        say(service, "type", "docker");
        say(service, "name", service.container_name.empty() ? as_name(source_.service + "." + service.name) : service.container_name);
        if (service.image.empty())
            losses_.push_back({service.line, fmt::format("{}: it has no image, and svcmgr builds none", service.name)});
        say(service, "image", service.image);
        if (service.entrypoint) say(service, "entrypoint", command_line(*service.entrypoint));
        if (service.command) say(service, "command", command_line(*service.command));
        say(service, "netns", network_of(service));
        say(service, "privileged", service.privileged ? "true" : "");
        say(service, "cap_add", fmt::format("{}", fmt::join(service.cap_add, " ")));
        say(service, "tty", service.tty ? "true" : "");
        say(service, "interactive", service.stdin_open ? "true" : "");
        say_paths(service, {"env_file", "env_file", "--env-file"}, service.env_files, arguments);
        say_list(service, {"environment", "environment", "-e"}, service.environment, arguments);
        say_list(service, {"volume_mounts", "volumes", "-v"}, service.volumes, arguments);
        say_paths(service, {"devices", "devices", "--device"}, service.devices, arguments);
        say_list(service, {"labels", "labels", "--label"}, service.labels, arguments);
        add_arguments(service, arguments);
        say(service, "run_args", command_line(arguments));
        say(service, "detach", runs_once(service) ? "false" : "");
        say(service, "stop_timeout", service.stop_grace_period);
        say(service, "restart", service.restarts == 0 ? "" : std::to_string(service.restarts));
        say(service, "start_requires", requirements(service));
    }

    void add_arguments(const ComposeService& service, std::vector<std::string>& arguments) {
        const auto add = [&](const char* option, const std::string& value) {
            if (value.empty()) return;
            if (const std::string problem = unwritable(quoted(value)); !problem.empty())
                return losses_.push_back({service.line, fmt::format("{}: `{}` {}", service.name, option, problem)});
            arguments.insert(arguments.end(), {option, value});
        };
        for (const std::string& path : service.tmpfs) add("--tmpfs", path);
        if (service.network_mode == "host" && !service.ports.empty())
            losses_.push_back({service.line, fmt::format("{}.ports: in the network of the node all of its ports are open", service.name)});
        else
            for (const std::string& port : service.ports) add("-p", port);
        add("-u", service.user);
        add("-w", service.working_dir);
        add("-h", service.hostname);
        for (const auto& [option, value] : service.health) {
            if (value.empty()) arguments.push_back(option);
            add(option.c_str(), value);
        }
    }

    std::string requirements(const ComposeService& service) const {
        std::vector<std::string> all;
        for (const Dependency& dependency : service.depends_on) {
            const auto other = std::ranges::find(project_.services, dependency.service, &ComposeService::name);
            std::string one = rid_of(dependency.service) + (other != project_.services.end() && runs_once(*other) ? "(up,n/a)" : "");
            if (std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
        }
        return fmt::format("{}", fmt::join(all, " "));
    }

    void write_networks(const ComposeService& service) {
        if (project_.version == Version::first || !service.network_mode.empty()) return;
        std::vector<Membership> members = service.networks;
        if (members.empty()) members.push_back({"default", {}, {}, {}});
        for (const Membership& member : members) write_network(service, member);
    }

    void write_network(const ComposeService& service, const Membership& member) {
        ComposeNetwork network;
        network.name = source_.service + "_" + member.network;
        if (const auto said = project_.networks.find(member.network); said != project_.networks.end()) network = said->second;
        section(fmt::format("ip#{}", ++addresses_));
        say(service, "type", "docker");
        say(service, "container_rid", rid_of(service.name));
        say(service, "network", network.name);
        say(service, "ipname", member.address.empty() ? member.address6 : member.address);
        std::vector<std::string> aliases{service.name};
        std::ranges::copy(member.aliases, std::back_inserter(aliases));
        say(service, "aliases", fmt::format("{}", fmt::join(aliases, " ")));
        if (network.external) return;
        say(service, "create", "true");
        say(service, "driver", network.driver);
        say(service, "subnet", fmt::format("{}", fmt::join(network.subnets, " ")));
        say(service, "gateway", fmt::format("{}", fmt::join(network.gateways, " ")));
        say(service, "options", fmt::format("{}", fmt::join(network.options, " ")));
        say(service, "internal", network.internal ? "true" : "");
    }

    const Project& project_;
    const ComposeSource& source_;
    std::vector<ComposeLoss>& losses_;
    std::string text_;
    int addresses_ = 0;
};

}  // namespace

std::string command_line(const std::vector<std::string>& words) {
    std::vector<std::string> parts;
    parts.reserve(words.size());
    for (const std::string& word : words) parts.push_back(quoted(word));
    return fmt::format("{}", fmt::join(parts, " "));
}

std::string env_text(const Project& project, const ComposeSource& source, std::vector<ComposeLoss>& losses) {
    return Writer(project, source, losses).write();
}

}  // namespace svcmgr::compose
