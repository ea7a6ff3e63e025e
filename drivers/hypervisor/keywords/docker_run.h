#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/clock.h"
#include "drivers/hypervisor/table.h"
#include "drivers/options.h"

namespace svcmgr {

/// Before the other container in a word of docker for a namespace that is shared: "container:web".
inline constexpr std::string_view container_word = "container:";

/// What a container of docker shall be: the keywords of its section and the options of `docker run` in its `run_args`, read once.
struct DockerRun {
    struct Mount {
        std::string source;  ///< a path of the node, or the name of a volume; empty: a volume without a name
        std::string target;
        bool readonly = false;
        std::string propagation;  ///< "rshared" …; empty: docker's own default
        std::string relabel;      ///< "z" or "Z" (SELinux)

        bool is_path() const { return source.starts_with('/'); }
        bool operator==(const Mount&) const = default;
    };
    struct Port {
        std::string address;  ///< of the node; empty: all
        int node = 0;         ///< 0: docker chooses
        int container = 0;
        std::string protocol = "tcp";

        bool operator==(const Port&) const = default;
    };
    struct Device {
        std::string node, container, permissions = "rwm";

        bool operator==(const Device&) const = default;
    };
    struct Limit {
        std::string name;
        std::int64_t soft = 0, hard = 0;

        bool operator==(const Limit&) const = default;
    };
    /// Where nothing is said, what the image says holds.
    struct HealthCheck {
        bool off = false;
        std::string command;  ///< for the container's shell
        std::optional<Duration> interval, timeout, start_period;
        std::optional<std::int64_t> retries;

        bool operator==(const HealthCheck&) const = default;
    };
    using Names = std::vector<std::string>;
    using Pairs = std::map<std::string, std::string>;

    std::string image;
    Names command;
    std::optional<Names> entrypoint;
    std::string name, hostname, domainname, user, directory, stop_signal;

    Names environment;  ///< NAME=value each; a NAME alone is of our own environment in docker, and is refused here
    std::vector<std::string> environment_files;
    std::vector<std::pair<std::string, std::string>> secrets;  ///< name, file
    Pairs labels;

    std::vector<Mount> mounts;
    Pairs tmpfs;
    Names volumes_from;

    std::string network, pid, ipc, uts, userns;  ///< docker's own words; empty: its default
    std::vector<Port> ports;
    Names exposed;  ///< "80/tcp"
    bool publish_all = false;
    Names aliases, links, hosts, dns, dns_search, dns_options;

    bool privileged = false, readonly_root = false, init = false, tty = false, interactive = false;
    Names cap_add, cap_drop, groups, security;
    std::vector<Device> devices;
    Pairs sysctls;

    std::int64_t memory = 0, memory_swap = 0, memory_reservation = 0, shm_size = 0;  ///< bytes, 0: no limit
    std::int64_t nano_cpus = 0, cpu_shares = 0, pids_limit = 0;
    std::string cpuset_cpus, cpuset_mems, cgroup_parent;
    std::optional<std::int64_t> oom_score_adj;
    bool oom_kill_disable = false;
    std::vector<Limit> limits;

    std::string log_driver;
    Pairs log_options;
    HealthCheck health;

    bool operator==(const DockerRun&) const = default;
};

/// Reads words as `docker run` does, up to where the image would stand, into `run`. What can't be done as it is written becomes a
/// problem of the keyword `run_args`; the other words are read all the same.
std::vector<SectionProblem> read_docker_options(const std::vector<std::string>& words, DockerRun& run);

struct DockerSection {
    DockerRun run;
    std::vector<SectionProblem> problems;
};
/// A container's section. A keyword wins over an option of `run_args` that says the same; lists add up.
DockerSection read_docker_section(const Options& section);
std::vector<SectionProblem> docker_problems(const Options& section);

/// "/srv/vm188:/srv:ro"; else why it is no volume.
tl::expected<DockerRun::Mount, std::string> parse_docker_mount(std::string_view text);
/// "37.59.71.25:8080:80/tcp"; else why it is no port.
tl::expected<DockerRun::Port, std::string> parse_docker_port(std::string_view text);
/// "/dev/fuse:/dev/fuse:rw"
tl::expected<DockerRun::Device, std::string> parse_docker_device(std::string_view text);
/// "512m", "1g"; a bare number is bytes, as docker has it.
std::optional<std::int64_t> parse_docker_size(std::string_view text);

}  // namespace svcmgr
