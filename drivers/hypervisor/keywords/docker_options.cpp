// The options of `docker run` that svcmgr knows.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <span>

#include "drivers/hypervisor/keywords/docker_run.h"

namespace svcmgr {

namespace {

/// Why a value can't be taken; empty when it was.
using Problem = std::string;
using Names = DockerRun::Names;

struct Option {
    std::string_view name;
    char letter;
    enum class Takes { value, nothing } takes;
    Problem (*read)(DockerRun&, const std::string& value);
    std::string_view remark = {};  ///< why it does nothing here, for one that is understood and not obeyed
};

template <auto Member>
Problem text(DockerRun& run, const std::string& value) {
    run.*Member = value;
    return {};
}

template <auto Member>
Problem name_more(DockerRun& run, const std::string& value) {
    (run.*Member).push_back(value);
    return {};
}

template <auto Member>
Problem flag(DockerRun& run, const std::string& value) {
    const auto read = parse_boolean(value);
    if (!read) return fmt::format("'{}' is neither true nor false", value);
    run.*Member = *read;
    return {};
}

template <auto Member>
Problem size(DockerRun& run, const std::string& value) {
    const auto read = parse_docker_size(value);
    if (!read) return fmt::format("'{}' is no size such as 512m or 1g", value);
    run.*Member = *read;
    return {};
}

template <auto Member>
Problem number(DockerRun& run, const std::string& value) {
    const auto read = parse_integer(value);
    if (!read) return fmt::format("'{}' is no whole number", value);
    run.*Member = *read;
    return {};
}

template <auto Member>
Problem health_time(DockerRun& run, const std::string& value) {
    const auto read = parse_duration(value);
    if (!read) return fmt::format("'{}' is no time such as 5s or 1m", value);
    run.health.*Member = *read;
    return {};
}

/// NAME=value
template <auto Member>
Problem pair(DockerRun& run, const std::string& value) {
    const auto equal = value.find('=');
    if (equal == 0 || equal == std::string::npos) return fmt::format("'{}' is not name=value", value);
    (run.*Member)[value.substr(0, equal)] = value.substr(equal + 1);
    return {};
}

Problem label(DockerRun& run, const std::string& value) {
    const auto equal = value.find('=');
    const std::string name = value.substr(0, equal);
    if (name.empty()) return fmt::format("'{}' is not name=value", value);
    if (name.starts_with("svcmgr.")) return fmt::format("'{}': labels that begin with svcmgr. are svcmgr's own", name);
    run.labels[name] = equal == std::string::npos ? "" : value.substr(equal + 1);
    return {};
}

Problem environment(DockerRun& run, const std::string& value) {
    const auto equal = value.find('=');
    if (equal == 0) return fmt::format("'{}' is not NAME=value", value);
    if (equal == std::string::npos)
        return fmt::format("'{}' has no value: svcmgr passes nothing of its own environment on; write {}=value", value, value);
    run.environment.push_back(value);
    return {};
}

template <typename Type>
Problem add(std::vector<Type>& to, tl::expected<Type, std::string> read) {
    if (!read) return read.error();
    to.push_back(std::move(*read));
    return {};
}

Problem volume(DockerRun& run, const std::string& value) {
    return add(run.mounts, parse_docker_mount(value));
}
Problem port(DockerRun& run, const std::string& value) {
    return add(run.ports, parse_docker_port(value));
}
Problem device(DockerRun& run, const std::string& value) {
    return add(run.devices, parse_docker_device(value));
}

Problem expose(DockerRun& run, const std::string& value) {
    const auto read = parse_docker_port(value);
    if (!read || value.find(':') != std::string::npos) return fmt::format("'{}' is not port/protocol", value);
    run.exposed.push_back(fmt::format("{}/{}", read->container, read->protocol));
    return {};
}

Problem tmpfs(DockerRun& run, const std::string& value) {
    const auto colon = value.find(':');
    if (!value.starts_with('/')) return fmt::format("'{}' is no path from '/' on", value);
    run.tmpfs[value.substr(0, colon)] = colon == std::string::npos ? "" : value.substr(colon + 1);
    return {};
}

Problem cpus(DockerRun& run, const std::string& value) {
    const auto dot = value.find('.');
    std::string fraction = dot == std::string::npos ? "" : value.substr(dot + 1);
    const auto whole = parse_integer(value.substr(0, dot));
    const auto billionths = parse_integer(fraction + std::string(9 - std::min<std::size_t>(9, fraction.size()), '0'));
    if (!whole || !billionths || *whole > 100000 || fraction.size() > 9) return fmt::format("'{}' is no number of processors", value);
    run.nano_cpus = *whole * 1'000'000'000 + *billionths;
    return {};
}

Problem limit(DockerRun& run, const std::string& value) {
    const auto equal = value.find('=');
    const auto wrong = fmt::format("'{}' is not name=soft:hard", value);
    if (equal == 0 || equal == std::string::npos) return wrong;
    const auto numbers = split(std::string_view(value).substr(equal + 1), ':');
    const auto soft = parse_integer(numbers[0]);
    const auto hard = numbers.size() > 1 ? parse_integer(numbers[1]) : soft;
    if (numbers.size() > 2 || !soft || !hard) return wrong;
    run.limits.push_back({value.substr(0, equal), *soft, *hard});
    return {};
}

Problem entrypoint(DockerRun& run, const std::string& value) {
    run.entrypoint = value.empty() ? Names{} : Names{value};
    return {};
}

Problem health_command(DockerRun& run, const std::string& value) {
    run.health.command = value;
    return {};
}
Problem health_off(DockerRun& run, const std::string&) {
    run.health.off = true;
    return {};
}
Problem health_retries(DockerRun& run, const std::string& value) {
    const auto read = parse_integer(value);
    if (!read) return fmt::format("'{}' is no whole number", value);
    run.health.retries = *read;
    return {};
}

Problem pass_over(DockerRun&, const std::string&) {
    return {};
}

using enum Option::Takes;
using Run = DockerRun;
constexpr std::string_view kept = "svcmgr keeps a container that has ended, for its logs and its exit code";
constexpr std::string_view no_restart = "the restart policy is always `no`: svcmgr decides when a container runs, and docker does not";

const Option options[] = {
    {"add-host", 0, value, name_more<&Run::hosts>},
    {"cap-add", 0, value, name_more<&Run::cap_add>},
    {"cap-drop", 0, value, name_more<&Run::cap_drop>},
    {"cgroup-parent", 0, value, text<&Run::cgroup_parent>},
    {"cpu-shares", 'c', value, number<&Run::cpu_shares>},
    {"cpus", 0, value, cpus},
    {"cpuset-cpus", 0, value, text<&Run::cpuset_cpus>},
    {"cpuset-mems", 0, value, text<&Run::cpuset_mems>},
    {"detach", 'd', nothing, pass_over},
    {"device", 0, value, device},
    {"dns", 0, value, name_more<&Run::dns>},
    {"dns-opt", 0, value, name_more<&Run::dns_options>},
    {"dns-option", 0, value, name_more<&Run::dns_options>},
    {"dns-search", 0, value, name_more<&Run::dns_search>},
    {"domainname", 0, value, text<&Run::domainname>},
    {"entrypoint", 0, value, entrypoint},
    {"env", 'e', value, environment},
    {"env-file", 0, value, name_more<&Run::environment_files>},
    {"expose", 0, value, expose},
    {"group-add", 0, value, name_more<&Run::groups>},
    {"health-cmd", 0, value, health_command},
    {"health-interval", 0, value, health_time<&Run::HealthCheck::interval>},
    {"health-retries", 0, value, health_retries},
    {"health-start-period", 0, value, health_time<&Run::HealthCheck::start_period>},
    {"health-timeout", 0, value, health_time<&Run::HealthCheck::timeout>},
    {"hostname", 'h', value, text<&Run::hostname>},
    {"init", 0, nothing, flag<&Run::init>},
    {"interactive", 'i', nothing, flag<&Run::interactive>},
    {"ipc", 0, value, text<&Run::ipc>},
    {"label", 'l', value, label},
    {"link", 0, value, name_more<&Run::links>},
    {"log-driver", 0, value, text<&Run::log_driver>},
    {"log-opt", 0, value, pair<&Run::log_options>},
    {"memory", 'm', value, size<&Run::memory>},
    {"memory-reservation", 0, value, size<&Run::memory_reservation>},
    {"memory-swap", 0, value, size<&Run::memory_swap>},
    {"name", 0, value, text<&Run::name>},
    {"net", 0, value, text<&Run::network>},
    {"net-alias", 0, value, name_more<&Run::aliases>},
    {"network", 0, value, text<&Run::network>},
    {"network-alias", 0, value, name_more<&Run::aliases>},
    {"no-healthcheck", 0, nothing, health_off},
    {"oom-kill-disable", 0, nothing, flag<&Run::oom_kill_disable>},
    {"oom-score-adj", 0, value, number<&Run::oom_score_adj>},
    {"pid", 0, value, text<&Run::pid>},
    {"pids-limit", 0, value, number<&Run::pids_limit>},
    {"privileged", 0, nothing, flag<&Run::privileged>},
    {"publish", 'p', value, port},
    {"publish-all", 'P', nothing, flag<&Run::publish_all>},
    {"read-only", 0, nothing, flag<&Run::readonly_root>},
    {"restart", 0, value, pass_over, no_restart},
    {"rm", 0, nothing, pass_over, kept},
    {"security-opt", 0, value, name_more<&Run::security>},
    {"shm-size", 0, value, size<&Run::shm_size>},
    {"stop-signal", 0, value, text<&Run::stop_signal>},
    {"sysctl", 0, value, pair<&Run::sysctls>},
    {"tmpfs", 0, value, tmpfs},
    {"tty", 't', nothing, flag<&Run::tty>},
    {"ulimit", 0, value, limit},
    {"user", 'u', value, text<&Run::user>},
    {"userns", 0, value, text<&Run::userns>},
    {"uts", 0, value, text<&Run::uts>},
    {"volume", 'v', value, volume},
    {"volumes-from", 0, value, name_more<&Run::volumes_from>},
    {"workdir", 'w', value, text<&Run::directory>},
};

/// Goes through the words like docker's own parser: --name value, --name=value, -x value, -xvalue, -xyz.
class Reader {
public:
    Reader(const std::vector<std::string>& words, DockerRun& run) : words_(words), run_(run) {}

    std::vector<SectionProblem> read() {
        while (next_ < words_.size()) {
            const std::string& word = words_[next_++];
            if (word.starts_with("--"))
                read_long(word);
            else if (word.starts_with('-') && word.size() > 1)
                read_letters(word);
            else
                say(fmt::format("'{}' is no option of docker run; the image goes into `image`, what it runs into `command`", word));
        }
        return std::move(problems_);
    }

private:
    void read_long(const std::string& word) {
        const auto equal = word.find('=');
        const std::string name = word.substr(2, equal == std::string::npos ? equal : equal - 2);
        const auto option = std::ranges::find(options, name, &Option::name);
        if (option == std::end(options)) return unknown("--" + name);
        std::optional<std::string> said;
        if (equal != std::string::npos) said = word.substr(equal + 1);
        take(*option, "--" + name, std::move(said));
    }

    void read_letters(const std::string& word) {
        for (std::size_t i = 1; i < word.size(); ++i) {
            const std::string shown = fmt::format("-{}", word[i]);
            const auto option = std::ranges::find(options, word[i], &Option::letter);
            if (option == std::end(options)) return unknown(shown);
            if (option->takes == nothing) {
                take(*option, shown, std::nullopt);
                continue;
            }
            std::string rest = word.substr(i + 1);
            if (rest.starts_with('=')) rest.erase(0, 1);
            return take(*option, shown, rest.empty() ? std::nullopt : std::optional(rest));
        }
    }

    void take(const Option& option, const std::string& shown, std::optional<std::string> said) {
        if (option.takes == nothing) {
            if (!said) said = "true";
        } else if (!said) {
            if (next_ == words_.size()) return say(fmt::format("{} needs a value", shown));
            said = words_[next_++];
        }
        if (!option.remark.empty()) return say(fmt::format("{} is not obeyed: {}", shown, option.remark), SectionProblem::Level::warning);
        if (const Problem problem = option.read(run_, *said); !problem.empty()) say(fmt::format("{}: {}", shown, problem));
    }

    void unknown(const std::string& shown) { say(fmt::format("{} is no option of docker run that svcmgr knows", shown)); }

    void say(std::string message, SectionProblem::Level level = SectionProblem::Level::error) {
        problems_.push_back({"run_args", std::move(message), level});
    }

    const std::vector<std::string>& words_;
    DockerRun& run_;
    std::size_t next_ = 0;
    std::vector<SectionProblem> problems_;
};

}  // namespace

std::vector<SectionProblem> read_docker_options(const std::vector<std::string>& words, DockerRun& run) {
    return Reader(words, run).read();
}

}  // namespace svcmgr
