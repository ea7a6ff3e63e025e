#include "drivers/hypervisor/docker/creation.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "drivers/fingerprint.h"
#include "drivers/hypervisor/docker/networks.h"
#include "drivers/secret_names.h"

namespace svcmgr::docker {

namespace {

using Json = nlohmann::json;

/// The networks that a container is connected to.
constexpr const char* networks_label = "svcmgr.networks";
/// Tells a container that it is at the disaster recovery site.
constexpr const char* drp_variable = "SVCMGR_DRP=1";
constexpr std::size_t largest_file = 256 << 10;

/// Tells configurations apart; it protects nothing. FNV-1a with 64 bits.
std::string fingerprint(std::string_view text) {
    return fmt::format("1-{:016x}", svcmgr::fingerprint(text));
}

/// Makes the body piece by piece; what is not said is left out, so that the image's own settings hold.
class Maker {
public:
    Maker(const Guest& guest, const Files& files) : guest_(guest), files_(files) {}

    Creation make() {
        if (!guest_.section)
            throw Error(Error::Code::invalid, fmt::format("nothing says from which image {} is made", guest_.name), "guest " + guest_.name,
                        "a section of the env file has to describe it");
        read_section();
        read_environment();
        Json& body = creation_.body = Json::object();
        host_ = Json::object();
        make_program();
        make_network();
        make_rights();
        make_volumes();
        make_limits();
        make_health();
        host_["RestartPolicy"] = {{"Name", "no"}};
        body["HostConfig"] = host_;
        Json labels = run().labels;
        for (const auto& [name, value] : guest_.labels) labels[name] = value;
        body["Labels"] = labels;
        creation_.configuration = fingerprint(text(body));
        body["Labels"][configuration_label] = creation_.configuration;
        return std::move(creation_);
    }

private:
    DockerRun& run() { return creation_.run; }

    static std::string text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

    void read_section() {
        const Options& section = *guest_.section;
        DockerSection read = read_docker_section(section);
        for (const SectionProblem& problem : read.problems)
            if (problem.level == SectionProblem::Level::error)
                throw Error(Error::Code::invalid, problem.message, section.place_of(problem.keyword).to_string(), "correct its env file");
        creation_.run = std::move(read.run);
        creation_.image = run().image;
        creation_.name = run().name.empty() ? guest_.name : run().name;
        if (creation_.image.empty())
            throw Error(Error::Code::invalid, fmt::format("nothing says from which image {} is made", guest_.name),
                        section.place().to_string(), "say `image` in its section");
    }

    std::string read_file(const Path& file, std::string_view keyword) {
        auto content = files_.read(file, largest_file);
        if (!content)
            throw Error(Error::Code::invalid, fmt::format("{}: {}", file, content.error().reason),
                        guest_.section->place_of(keyword).to_string(), "the file has to be there on each node of the service");
        return std::move(*content);
    }

    /// Later ones win, as with docker: files, then `environment`, then secrets.
    void read_environment() {
        std::vector<std::string> all;
        for (const Path& file : run().environment_files) {
            auto variables = read_variables(read_file(file, "env_file"));
            if (!variables) throw Error(Error::Code::invalid, variables.error(), file, "write NAME=value");
            for (std::string& one : *variables) all.push_back(std::move(one));
        }
        std::ranges::copy(run().environment, std::back_inserter(all));
        for (const std::string& one : all)
            if (const auto equal = one.find('='); sounds_secret(one.substr(0, equal)))
                creation_.secrets.add_as_written(one.substr(equal + 1));
        if (guest_.at_drp_site) all.emplace_back(drp_variable);
        for (const auto& [name, file] : run().secrets) all.push_back(fmt::format("{}={}", name, read_secret(file)));

        std::map<std::string, std::string> by_name;
        for (const std::string& one : all) by_name[one.substr(0, one.find('='))] = one;
        run().environment.clear();
        for (const auto& [name, one] : by_name) run().environment.push_back(one);
    }

    std::string read_secret(const Path& file) {
        const auto facts = files_.facts(file);
        if (facts && (facts->mode & 0077) != 0)
            throw Error(Error::Code::invalid, fmt::format("others than its owner can use this secret (mode {:04o})", facts->mode), file,
                        fmt::format("chmod 600 {}", file));
        std::string value = read_file(file, "secrets");
        while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
        if (value.find('\0') != std::string::npos)
            throw Error(Error::Code::invalid, "a variable can't have a NUL byte in its value", file, "write the secret as text");
        creation_.secrets.add_as_written(value);
        return value;
    }

    void make_program() {
        Json& body = creation_.body;
        body["Image"] = run().image;
        if (!run().command.empty()) body["Cmd"] = run().command;
        if (run().entrypoint) body["Entrypoint"] = *run().entrypoint;
        if (!run().environment.empty()) body["Env"] = run().environment;
        set(body, "User", run().user);
        set(body, "WorkingDir", run().directory);
        set(body, "StopSignal", run().stop_signal);
        set(body, "Tty", run().tty);
        set(body, "OpenStdin", run().interactive);
        set(host_, "Init", run().init);
        set(host_, "LogConfig", log_settings());
    }

    Json log_settings() {
        if (run().log_driver.empty() && run().log_options.empty()) return nullptr;
        return {{"Type", run().log_driver}, {"Config", run().log_options}};
    }

    /// One of docker's networks when it is made, the others before it is started; all of them tell configurations apart.
    void join_networks() {
        if (guest_.networks.empty()) return;
        if (!run().network.empty())
            throw Error(Error::Code::invalid,
                        fmt::format("{} has the network {} by its section, and others by sections [ip#N]", guest_.name, run().network),
                        guest_.section->place_of("netns").to_string(), "take `netns` out");
        run().network = guest_.networks.front().name;
        Json all = Json::array();
        for (const GuestNetwork& network : guest_.networks) all.push_back({{"name", network.name}, {"endpoint", endpoint_of(network)}});
        run().labels[networks_label] = text(all);
        creation_.body["NetworkingConfig"]["EndpointsConfig"][run().network] = endpoint_of(guest_.networks.front());
    }

    void make_network() {
        join_networks();
        Json& body = creation_.body;
        share(host_, "NetworkMode", run().network);
        share(host_, "PidMode", run().pid);
        share(host_, "IpcMode", run().ipc);
        set(host_, "UTSMode", run().uts);
        set(host_, "UsernsMode", run().userns);
        const bool has_own_network = run().network != "host" && !run().network.starts_with(container_word);
        if (has_own_network && run().uts.empty()) set(body, "Hostname", run().hostname);
        set(body, "Domainname", run().domainname);
        Json exposed = Json::object(), bound = Json::object();
        for (const std::string& port : run().exposed) exposed[port] = Json::object();
        for (const DockerRun::Port& port : run().ports) {
            const std::string key = fmt::format("{}/{}", port.container, port.protocol);
            exposed[key] = Json::object();
            bound[key].push_back({{"HostIp", port.address}, {"HostPort", port.node == 0 ? "" : std::to_string(port.node)}});
        }
        set(body, "ExposedPorts", exposed);
        set(host_, "PortBindings", bound);
        set(host_, "PublishAllPorts", run().publish_all);
        set(host_, "ExtraHosts", run().hosts);
        set(host_, "Links", run().links);
        set(host_, "Dns", run().dns);
        set(host_, "DnsSearch", run().dns_search);
        set(host_, "DnsOptions", run().dns_options);
        if (!run().aliases.empty()) body["NetworkingConfig"]["EndpointsConfig"][run().network]["Aliases"] = run().aliases;
    }

    /// Notes of a namespace whose it is: "container:container#0" names a resource, "container:web" another container.
    void share(Json& to, const char* name, const std::string& word) {
        set(to, name, word);
        if (word.starts_with(container_word) && word.find('#') != std::string::npos)
            creation_.rids.push_back(word.substr(container_word.size()));
    }

    void make_rights() {
        set(host_, "Privileged", run().privileged);
        set(host_, "ReadonlyRootfs", run().readonly_root);
        set(host_, "CapAdd", run().cap_add);
        set(host_, "CapDrop", run().cap_drop);
        set(host_, "GroupAdd", run().groups);
        set(host_, "SecurityOpt", run().security);
        set(host_, "Sysctls", Json(run().sysctls));
        Json devices = Json::array();
        for (const DockerRun::Device& device : run().devices)
            devices.push_back(
                {{"PathOnHost", device.node}, {"PathInContainer", device.container}, {"CgroupPermissions", device.permissions}});
        set(host_, "Devices", devices);
    }

    /// A mount of docker fails where its path is missing; a bind makes an empty directory in its place, which is never wanted.
    void make_volumes() {
        Json mounts = Json::array(), binds = Json::array(), nameless = Json::object();
        for (const DockerRun::Mount& mount : run().mounts) {
            if (mount.source.empty()) {
                nameless[mount.target] = Json::object();
            } else if (!mount.relabel.empty()) {
                binds.push_back(fmt::format("{}:{}:{},{}{}{}", mount.source, mount.target, mount.readonly ? "ro" : "rw", mount.relabel,
                                            mount.propagation.empty() ? "" : ",", mount.propagation));
            } else {
                Json one = {{"Type", mount.is_path() ? "bind" : "volume"}, {"Source", mount.source}, {"Target", mount.target}};
                set(one, "ReadOnly", mount.readonly);
                if (!mount.propagation.empty()) one["BindOptions"] = {{"Propagation", mount.propagation}};
                mounts.push_back(one);
            }
        }
        set(creation_.body, "Volumes", nameless);
        set(host_, "Mounts", mounts);
        set(host_, "Binds", binds);
        set(host_, "Tmpfs", Json(run().tmpfs));
        set(host_, "VolumesFrom", run().volumes_from);
    }

    void make_limits() {
        set(host_, "Memory", run().memory);
        set(host_, "MemorySwap", run().memory_swap);
        set(host_, "MemoryReservation", run().memory_reservation);
        set(host_, "ShmSize", run().shm_size);
        set(host_, "NanoCpus", run().nano_cpus);
        set(host_, "CpuShares", run().cpu_shares);
        set(host_, "PidsLimit", run().pids_limit);
        set(host_, "CpusetCpus", run().cpuset_cpus);
        set(host_, "CpusetMems", run().cpuset_mems);
        set(host_, "CgroupParent", run().cgroup_parent);
        set(host_, "OomKillDisable", run().oom_kill_disable);
        if (run().oom_score_adj) host_["OomScoreAdj"] = *run().oom_score_adj;
        Json limits = Json::array();
        for (const DockerRun::Limit& limit : run().limits)
            limits.push_back({{"Name", limit.name}, {"Soft", limit.soft}, {"Hard", limit.hard}});
        set(host_, "Ulimits", limits);
    }

    void make_health() {
        const DockerRun::HealthCheck& check = run().health;
        Json health = Json::object();
        if (check.off) health["Test"] = {"NONE"};
        if (!check.off && !check.command.empty()) health["Test"] = {"CMD-SHELL", check.command};
        if (check.interval) health["Interval"] = check.interval->count();
        if (check.timeout) health["Timeout"] = check.timeout->count();
        if (check.start_period) health["StartPeriod"] = check.start_period->count();
        if (check.retries) health["Retries"] = *check.retries;
        set(creation_.body, "Healthcheck", health);
    }

    template <typename Type>
    static void set(Json& to, const char* name, const Type& value) {
        if constexpr (std::is_arithmetic_v<Type>) {
            if (value != Type{}) to[name] = value;
        } else {
            if (!value.empty()) to[name] = value;
        }
    }

    const Guest& guest_;
    const Files& files_;
    Creation creation_;
    Json host_;
};

bool is_below(const Path& path, const Path& directory) {
    return !directory.empty() && path.starts_with(directory) &&
           (path.size() == directory.size() || directory.back() == '/' || path[directory.size()] == '/');
}

}  // namespace

Creation creation_of(const Guest& guest, const Files& files) {
    return Maker(guest, files).make();
}

std::optional<Error> missing_paths(const Creation& creation, const Guest& guest, const Files& files, std::span<const Path> may_come) {
    const auto check = [&](const Path& path, const char* what, const char* keyword) -> std::optional<Error> {
        if (std::ranges::any_of(may_come, [&](const Path& directory) { return is_below(path, directory); })) return std::nullopt;
        const auto facts = files.facts(path);
        if (facts) return std::nullopt;
        return Error(Error::Code::failed, fmt::format("{} can't be started: its {} {}: {}", guest.name, what, path, facts.error().reason),
                     guest.section->place_of(keyword).to_string(), "it has to exist before the start: make it, or correct the path");
    };
    for (const DockerRun::Mount& mount : creation.run.mounts)
        if (mount.is_path())
            if (auto problem = check(mount.source, "volume", "volume_mounts")) return problem;
    for (const DockerRun::Device& device : creation.run.devices)
        if (auto problem = check(device.node, "device", "devices")) return problem;
    return std::nullopt;
}

tl::expected<std::vector<std::string>, std::string> read_variables(std::string_view text) {
    std::vector<std::string> variables;
    std::size_t number = 0;
    for (std::string_view line : split(text, '\n')) {
        ++number;
        while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
        if (line.empty() || line.front() == '#') continue;
        const auto equal = line.find('=');
        const std::string_view name = line.substr(0, equal);
        if (equal == 0 || equal == std::string_view::npos || name.find_first_of(" \t") != std::string_view::npos ||
            line.find('\0') != std::string_view::npos)
            return tl::unexpected(fmt::format("line {} is not NAME=value", number));
        variables.emplace_back(line);
    }
    return variables;
}

}  // namespace svcmgr::docker
