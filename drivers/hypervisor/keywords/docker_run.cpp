#include "drivers/hypervisor/keywords/docker_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace svcmgr {

namespace {

/// What docker's words for a namespace are called where they come from.
enum class Space { network, process, other };

class SectionReader {
public:
    explicit SectionReader(const Options& section) : section_(section) {}

    DockerSection read() {
        read_.problems = read_docker_options(section_.list("run_args"), read_.run);
        DockerRun& run = read_.run;
        run.image = section_.text("image");
        run.command = section_.list("command");
        if (section_.said("entrypoint")) run.entrypoint = section_.list("entrypoint");
        named_by_option_ = !run.hostname.empty();
        if (section_.said("hostname")) run.hostname = section_.text("hostname");
        for (const char* keyword : {"privileged", "interactive", "tty"})
            if (section_.said(keyword)) flag_of(keyword) = section_.flag(keyword);
        read_spaces();
        check_hostname();
        read_variables();
        for (const std::string& word : section_.list("volume_mounts")) add("volume_mounts", run.mounts, parse_docker_mount(word));
        for (const std::string& word : section_.list("devices")) add("devices", run.devices, parse_docker_device(word));
        for (std::string& word : section_.list("cap_add")) run.cap_add.push_back(std::move(word));
        if (section_.flag("docker_service")) say("docker_service", "svcmgr runs containers, and no services of a docker swarm");
        check_mounts();
        return std::move(read_);
    }

private:
    bool& flag_of(std::string_view keyword) {
        return keyword == "privileged" ? read_.run.privileged : keyword == "tty" ? read_.run.tty : read_.run.interactive;
    }

    void read_spaces() {
        DockerRun& run = read_.run;
        read_space("netns", run.network, Space::network);
        read_space("pidns", run.pid, Space::process);
        read_space("ipcns", run.ipc, Space::process);
        read_space("utsns", run.uts, Space::other);
        read_space("userns", run.userns, Space::other);
    }

    /// One who shares a network has its name from there. The keyword says besides where the container is reached, and may stay.
    void check_hostname() {
        const DockerRun& run = read_.run;
        const bool shares = run.network == "host" || run.network.starts_with(container_word) || run.uts == "host";
        if (shares && named_by_option_)
            read_.problems.push_back({"run_args", "-h is not obeyed: the container has the name of whom it shares the network with",
                                      SectionProblem::Level::warning});
    }

    /// `none` is a word of docker for networks; elsewhere it means one of its own, which is docker's default.
    void read_space(std::string_view keyword, std::string& to, Space space) {
        const std::string word = section_.text(keyword);
        if (word.empty()) return;
        if (word.find('#') != std::string::npos || word == "container") {
            if (space == Space::other) return say(keyword, fmt::format("'{}': it can be host or none", word));
            to = std::string(container_word) + word;
        } else if (space == Space::network) {
            to = word;
        } else if (word == "host" || word == "none") {
            to = word == "host" ? "host" : "";
        } else {
            say(keyword,
                fmt::format("'{}' is neither host nor none{}", word, space == Space::process ? " nor the rid of a container" : ""));
        }
    }

    void read_variables() {
        DockerRun& run = read_.run;
        for (const std::string& word : section_.list("environment"))
            if (const auto equal = word.find('='); equal == 0 || equal == std::string::npos)
                say("environment", fmt::format("'{}' is not NAME=value", word));
            else
                run.environment.push_back(word);
        for (const std::string& file : section_.list("env_file")) run.environment_files.push_back(file);
        for (const std::string& file : run.environment_files)
            if (!file.starts_with('/')) say("env_file", fmt::format("'{}' is no path from '/' on", file));
        for (const std::string& word : section_.list("secrets"))
            if (const auto equal = word.find("=/"); equal == 0 || equal == std::string::npos)
                say("secrets", "a secret is NAME=/path: the value itself does not belong into an env file");
            else
                run.secrets.emplace_back(word.substr(0, equal), word.substr(equal + 1));
        for (const std::string& word : section_.list("labels"))
            if (const auto equal = word.find('='); equal == 0 || equal == std::string::npos)
                say("labels", fmt::format("'{}' is not name=value", word));
            else if (word.starts_with("svcmgr."))
                say("labels", fmt::format("'{}': labels that begin with svcmgr. are svcmgr's own", word));
            else
                run.labels[word.substr(0, equal)] = word.substr(equal + 1);
    }

    void check_mounts() {
        const auto& mounts = read_.run.mounts;
        for (auto mount = mounts.begin(); mount != mounts.end(); ++mount)
            if (std::any_of(mounts.begin(), mount, [&](const DockerRun::Mount& other) { return other.target == mount->target; }))
                say("volume_mounts", fmt::format("two volumes have the place {} in the container", mount->target));
    }

    template <typename Type>
    void add(std::string_view keyword, std::vector<Type>& to, tl::expected<Type, std::string> read) {
        if (read)
            to.push_back(std::move(*read));
        else
            say(keyword, std::move(read.error()));
    }

    void say(std::string_view keyword, std::string message) { read_.problems.push_back({std::string(keyword), std::move(message)}); }

    const Options& section_;
    bool named_by_option_ = false;
    DockerSection read_;
};

}  // namespace

DockerSection read_docker_section(const Options& section) {
    return SectionReader(section).read();
}

std::vector<SectionProblem> docker_problems(const Options& section) {
    return read_docker_section(section).problems;
}

}  // namespace svcmgr
