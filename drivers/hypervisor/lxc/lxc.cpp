#include "drivers/hypervisor/lxc/lxc.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/hypervisor/bounded.h"
#include "drivers/hypervisor/lxc/addresses.h"
#include "drivers/hypervisor/lxc/container_processes.h"
#include "drivers/hypervisor/lxc/roll_call.h"
#include "drivers/hypervisor/lxc/start_log.h"
#include "drivers/hypervisor/lxc/states.h"
#include "drivers/network/network.h"

namespace svcmgr::lxc {

namespace {

constexpr Duration poll_interval = std::chrono::milliseconds(20);
/// What a monitor gets to kill its container before it is killed itself.
constexpr Duration monitors_time = std::chrono::seconds(10);
/// Of LXC's log, what a start wrote last.
constexpr std::size_t log_limit = 64 << 10;

/// Files of LXC's packages, which a peer has from its own.
constexpr std::string_view package_files = "/usr/share/lxc/";

Path log_of(const ContainerId& id) {
    return fmt::format("/var/log/lxc/{}.log", id.name);
}

std::string where(const ContainerId& id) {
    return "container " + id.name;
}

Error unusable(const ConfigProblem& problem) {
    return {Error::Code::invalid, fmt::format("this configuration can't be used: {}", problem.reason), problem.where,
            "correct it, or copy it from a node on which the container starts"};
}

}  // namespace

LxcHypervisor::LxcHypervisor(const World& world, Path lxcpath, std::shared_ptr<Library> library)
    : world_(world), library_(std::move(library)), lxcpath_(lxcpath.empty() ? library_->own_lxcpath() : std::move(lxcpath)) {}

Capabilities LxcHypervisor::capabilities(Deadline deadline) {
    Capabilities capabilities;
    const auto version = world_.processes.run({"lxc-start", "--version"}, deadline);
    if (!version.ok())
        capabilities.problem = fmt::format("lxc-start can't be used: {}; install the package lxc", version.describe());
    else if (const auto groups = world_.files.list("/sys/fs/cgroup"); !groups || groups->empty())
        capabilities.problem = "no control groups are mounted at /sys/fs/cgroup: LXC starts no container without";
    else
        capabilities.can = {Capability::start, Capability::pause, Capability::run_inside, Capability::disks, Capability::definition};
    return capabilities;
}

std::set<ContainerId> LxcHypervisor::active_of(const std::set<Path>& lxcpaths, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    lists_ += lxcpaths.size();
    const auto answer = run_bounded(world_.clock, world_.signals, deadline, [library = library_, lxcpaths](const std::stop_token&) {
        std::set<ContainerId> active;
        for (const Path& lxcpath : lxcpaths)
            for (const auto& name : library->active(lxcpath)) active.insert({lxcpath, name});
        return active;
    });
    if (!answer)
        throw Error(Error::Code::timed_out, fmt::format("the kernel did not list the active containers within {}", to_text(given)));
    return *answer;
}

std::vector<GuestState> LxcHypervisor::look(std::span<const Guest> guests, Deadline deadline) {
    std::vector<GuestState> states;
    for (Seen& seen : look_at(guests, deadline)) {
        if (guests.size() == 1 && seen.init != 0) seen.state.addresses = addresses_of(world_.files, seen.init);
        states.push_back(std::move(seen.state));
    }
    return states;
}

std::vector<LxcHypervisor::Seen> LxcHypervisor::look_at(std::span<const Guest> guests, Deadline deadline) {
    if (guests.empty()) return {};
    const auto home = world_.network.go_home();  // where the monitors' sockets are
    const Duration given = deadline.remaining(world_.clock);
    std::vector<Place> places;
    std::set<Path> lxcpaths;
    for (const Guest& guest : guests) {
        places.push_back(place_of(guest));
        lxcpaths.insert(places.back().id.lxcpath);
    }
    std::set<ContainerId> active;
    try {
        active = active_of(lxcpaths, deadline);
    } catch (const Error& problem) {
        return std::vector<Seen>(guests.size(), Seen{GuestState{GuestState::Value::unknown, problem.message(), {}}});
    }
    std::set<ContainerId> asked;
    for (const Place& place : places)
        if (active.contains(place.id)) asked.insert(place.id);
    const auto words = call_roll(world_, library_, {asked.begin(), asked.end()}, deadline);
    const auto elsewhere = active_places_now(world_.files);
    const auto groups = payload_groups(world_.files);
    std::vector<Seen> seen;
    seen.reserve(places.size());
    for (const Place& place : places) {
        const auto word = words.find(place.id);
        auto& [state, init] = seen.emplace_back();
        if (!active.contains(place.id))
            state = without_monitor(place, groups);
        else if (word == words.end())
            state = hung(place.id, given);
        else if (!word->second)
            state.reason = word->second.error();
        else {
            state = guest_state(word->second->state);
            init = word->second->init;
        }
        describe(place, elsewhere, state);
    }
    return seen;
}

tl::expected<Path, std::string> LxcHypervisor::network_namespace(const Guest& guest, Deadline deadline) {
    const Seen seen = look_at({&guest, 1}, deadline).front();
    if (seen.init == 0) return tl::unexpected(fmt::format("{} does not run: {}", guest.name, seen.state.describe()));
    return fmt::format("/proc/{}/ns/net", seen.init);
}

GuestState LxcHypervisor::without_monitor(const Place& place, const PayloadGroups& groups) const {
    using enum GuestState::Value;
    const auto left = processes_of(world_, place.id, groups);
    if (!left.empty())
        return {crashed, fmt::format("its monitor is gone, and {} of its processes are left, {} first", left.size(), left.front()), {}};
    if (place.exists) return {stopped, "stopped", {}};
    return {absent, fmt::format("there is no {}", place.config), {}};
}

GuestState LxcHypervisor::hung(const ContainerId& id, Duration given) const {
    GuestState state;
    const int monitor = monitor_of(world_, id);
    state.reason = world_.signals.pending() != 0
                       ? "stopped by a signal before its monitor answered"
                       : fmt::format("its monitor (process {}) did not answer within {}", monitor, to_text(given));
    return state;
}

/// What its configuration says, and what is odd about it.
void LxcHypervisor::describe(const Place& place, const ActivePlaces& active, GuestState& state) const {
    for (const Path& lxcpath : other_places(active, place.id))
        state.warnings.push_back(fmt::format("another container named {} runs, of {}", place.id.name, lxcpath));
    if (!place.exists) {
        if (state.exists_here()) state.warnings.push_back(fmt::format("its configuration {} is gone", place.config));
        return;
    }
    const auto config = read_config(world_.files, place.config);
    if (!config) {
        state.warnings.push_back(fmt::format("{}: {}", config.error().where, config.error().reason));
        return;
    }
    state.vcpus = config->cpus;
    state.memory_kib = config->memory_kib;
    if (config->autostart)
        state.warnings.push_back(
            fmt::format("autostart is on: LXC would start it by itself at boot; remove lxc.start.auto from {}", place.config));
}

void LxcHypervisor::check_before_start(const Place& place, Deadline deadline) {
    if (!place.exists)
        throw Error(Error::Code::failed, fmt::format("{} has no configuration", place.id.name), place.config,
                    "copy it from a node that has it, or say where it is: `cf` in the container's section");
    const auto config = read_config(world_.files, place.config);
    if (!config) throw unusable(config.error());
    if (const auto root = root_directory(config->rootfs); !root.empty() && !world_.files.facts(root))
        throw Error(Error::Code::failed, fmt::format("the root file system of {} is missing: {}", place.id.name, root), place.config,
                    "is the file system mounted that it lies in?");
    if (is_active(place.id, deadline))
        throw Error(Error::Code::failed, fmt::format("{} runs already", place.id.name), where(place.id),
                    fmt::format("look with: lxc-info -P {} -n {}", place.id.lxcpath, place.id.name));
    for (const Path& lxcpath : other_places(active_places_now(world_.files), place.id)) {
        const auto other = read_config(world_.files, fmt::format("{}/{}/config", lxcpath, place.id.name));
        if (other && other->rootfs != config->rootfs) continue;
        throw Error(Error::Code::refused, fmt::format("a container named {} runs already, of {}", place.id.name, lxcpath), where(place.id),
                    fmt::format("it may be on the same root file system; stop it with: lxc-stop -P {} -n {}", lxcpath, place.id.name));
    }
}

void LxcHypervisor::start(const Guest& guest, Deadline deadline) {
    const Place place = place_of(guest);
    check_before_start(place, deadline);
    world_.files.make_directories("/var/log/lxc", 0755);
    run_lxc_start(place, log_of(place.id), deadline);
}

void LxcHypervisor::run_lxc_start(const Place& place, const Path& log, Deadline deadline) {
    const auto before = world_.files.facts(log);
    const auto result = world_.processes.run_in(
        {.directory = "/"},
        {"lxc-start", "--daemon", "-P", place.id.lxcpath, "-n", place.id.name, "-f", place.config, "-o", log, "-l", "ERROR"}, deadline);
    if (result.ok()) return;
    if (!result.not_started.empty()) throw Error(Error::Code::unreachable, result.describe(), where(place.id), "install the package lxc");
    if (result.timed_out)
        throw Error(Error::Code::timed_out, fmt::format("lxc-start did not say that {} runs", place.id.name), where(place.id),
                    fmt::format("it may still do what it was told; look with: lxc-info -P {} -n {}", place.id.lxcpath, place.id.name));
    const auto said = world_.files.read_part(log, before ? before->size : 0, log_limit);
    const auto reason = reason_of_failure(said ? *said : "", result.err);
    const bool refused = reason.find("Failed to parse config") != std::string::npos || reason.find("config key") != std::string::npos;
    if (refused) throw unusable({place.config, reason});
    throw Error(Error::Code::failed, fmt::format("{} did not start: {}", place.id.name, reason.empty() ? result.describe() : reason),
                where(place.id), fmt::format("its log is {}", log));
}

bool LxcHypervisor::ask(Deadline deadline, std::function<void(Library&)> work) {
    return run_bounded(world_.clock, world_.signals, deadline,
                       [library = library_, work = std::move(work)](const std::stop_token&) {
                           work(*library);
                           return true;
                       })
        .has_value();
}

Error LxcHypervisor::gave_up(const ContainerId& id, Duration given) const {
    if (world_.signals.pending() != 0)
        return {Error::Code::interrupted, fmt::format("stopped by a signal before the monitor of {} answered", id.name), where(id)};
    return {Error::Code::timed_out, fmt::format("the monitor of {} did not answer within {}", id.name, to_text(given)), where(id),
            fmt::format("its process is {}; a forced stop kills it, and the container with it", monitor_of(world_, id))};
}

void LxcHypervisor::stop(const Guest& guest, StopMode mode, Deadline deadline) {
    const Place place = place_of(guest);
    if (mode == StopMode::force) return force_stop(place, deadline);
    if (!is_active(place.id, deadline)) return;
    const Duration given = deadline.remaining(world_.clock);
    if (!ask(deadline, [place](Library& library) { library.ask_to_stop(place.id, place.config); })) throw gave_up(place.id, given);
}

void LxcHypervisor::force_stop(const Place& place, Deadline deadline) {
    if (!is_active(place.id, deadline) && processes_of(world_, place.id).empty()) return;
    const Duration given = deadline.remaining(world_.clock);
    const Deadline monitors = deadline.at_most(world_.clock, std::min<Duration>(monitors_time, given / 2));
    try {
        if (ask(monitors, [id = place.id](Library& library) { library.stop_now(id); }) && wait_gone(place.id, monitors)) return;
    } catch (const Error&) {
        // A monitor that can't do it is treated like one that does not answer.
    }
    if (world_.signals.pending() != 0) throw gave_up(place.id, given);
    kill_what_is_left(world_, *library_, place.id);
    if (wait_gone(place.id, deadline)) return;
    throw Error(Error::Code::failed,
                fmt::format("{} could not be killed: its monitor is {}, its processes {}", place.id.name, monitor_of(world_, place.id),
                            fmt::join(processes_of(world_, place.id), " ")),
                where(place.id), "a process that the kernel does not let go (state D in ps) waits for a disk or a network file system");
}

bool LxcHypervisor::wait_gone(const ContainerId& id, Deadline deadline) {
    while (!deadline.passed(world_.clock) && world_.signals.pending() == 0) {
        if (!is_active(id, deadline) && processes_of(world_, id).empty()) return true;
        world_.clock.sleep_until(world_.clock.now() + poll_interval);
    }
    return false;
}

SshOutcome LxcHypervisor::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    SshOutcome outcome;
    const auto state = look_at({&guest, 1}, deadline).front().state;
    if (state.value != GuestState::Value::running) {
        // lxc-attach would wait in a frozen one for ever, and could not be killed.
        outcome.reason = fmt::format("nothing can be run in {}: it is {}", guest.name, state.reason);
        return outcome;
    }
    const Place place = place_of(guest);
    const auto home = world_.network.go_home();
    // The words of the section are about the guest, not about its copy.
    Argv words = guest.section && guest.copy_directory.empty() ? guest.section->list("rcmd") : Argv();
    if (words.empty()) words = {"lxc-attach", "-P", place.id.lxcpath, "-n", place.id.name, "--clear-env", "--"};
    words.insert(words.end(), argv.begin(), argv.end());
    outcome.result = world_.processes.run_in({.directory = "/"}, words, deadline);
    outcome.value = SshOutcome::Value::ran;
    if (outcome.result.timed_out) {
        outcome.value = SshOutcome::Value::timed_out;
        outcome.reason = fmt::format("a command in {} did not end within its deadline", guest.name);
    } else if (!outcome.result.not_started.empty()) {
        outcome.value = SshOutcome::Value::unreachable;
        outcome.reason = outcome.result.not_started;
    }
    return outcome;
}

Hypervisor::Disks LxcHypervisor::disks(const Guest& guest, Deadline) {
    const Place place = place_of(guest);
    if (!place.exists) return {{}, fmt::format("{} has no configuration: there is no {}", guest.name, place.config)};
    const auto config = read_config(world_.files, place.config);
    if (!config) return {{}, fmt::format("{}: {}", config.error().where, config.error().reason)};
    Disks result;
    std::string fstab;
    if (!config->fstab.empty()) {
        if (auto text = world_.files.read(config->fstab))
            fstab = std::move(*text);
        else
            result.problem = fmt::format("{}: {}", config->fstab, text.error().reason);
    }
    result.disks = disks_of(*config, fstab);
    for (GuestDisk& disk : result.disks)
        if (const auto facts = world_.files.facts(disk.source); facts && facts->kind == FileFacts::Kind::file) disk.size = facts->size;
    return result;
}

std::vector<Path> LxcHypervisor::definition(const Guest& guest) {
    const Place place = place_of(guest);
    if (!place.exists) return {};
    const auto config = read_config(world_.files, place.config);
    if (!config) return {place.config};
    std::vector<Path> files;
    for (const Path& file : config->files)
        if (!file.starts_with(package_files)) files.push_back(file);
    if (!config->fstab.empty() && world_.files.facts(config->fstab)) files.push_back(config->fstab);
    return files;
}

std::optional<Path> LxcHypervisor::drp_flag(const Guest& guest) {
    const auto config = read_config(world_.files, place_of(guest).config);
    const Path root = config ? root_directory(config->rootfs) : Path();
    return root.empty() ? std::nullopt : std::optional(root + "/.drp_flag");
}

/// Not what the configuration includes: that comes from a peer, too, and may name any file of the host.
std::vector<Path> LxcHypervisor::definition_places(const Guest& guest) {
    const Place place = place_of(guest);
    return {place.config, place.config.substr(0, place.config.rfind('/')) + "/fstab"};
}

}  // namespace svcmgr::lxc
