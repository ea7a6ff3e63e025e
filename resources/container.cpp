#include "resources/container.h"

#include <fmt/format.h>

#include "drivers/hypervisor/table.h"
#include "drivers/network/network.h"
#include "drivers/signals.h"

namespace svcmgr {

namespace {

constexpr Duration poll_interval = std::chrono::milliseconds(250);
constexpr Duration one_ping = std::chrono::seconds(1);
/// What a forced stop may take after the guest had its own time to shut down.

Status status_of(GuestState::Value value) {
    switch (value) {
        case GuestState::Value::running: return Status::up;
        case GuestState::Value::stopped:
        case GuestState::Value::absent: return Status::down;
        case GuestState::Value::paused:
        case GuestState::Value::changing:
        case GuestState::Value::crashed: return Status::warn;
        case GuestState::Value::completed: return Status::not_applicable;
        case GuestState::Value::unknown: return Status::undef;
    }
    return Status::undef;
}

/// Why a guest that runs is no use yet.
std::string unready_because(const Guest& guest, const GuestState& state) {
    if (state.value != GuestState::Value::running) return {};
    if (guest.runs_once) return "it has not ended";
    return state.health == GuestState::Health::starting ? "its health check has not succeeded yet" : "";
}

/// A guest that is down here and whose name answers runs elsewhere, or another machine has its address.
void look_elsewhere(const Rid& rid, const Guest& guest, Looking& looking, ResourceObservation& seen) {
    Network& network = looking.world().network;
    const Deadline deadline = Deadline::in(looking.world().clock, one_ping);
    const Resolution resolution = network.resolve(guest.hostname, deadline);
    if (resolution.addresses.empty())
        seen.unstartable =
            Error(Error::Code::refused, fmt::format("the guest's name {} can't be resolved: {}", guest.hostname, resolution.problem),
                  rid.text(), "add it to /etc/hosts or to the name service, or set `hostname` in the container's section");
    else if (!looking.stopped_a_moment_ago && network.ping(guest.hostname, deadline).answered)
        seen.conflict =
            Error(Error::Code::refused, fmt::format("{} answers ping although {} is down here", guest.hostname, guest.name), rid.text(),
                  "find out which machine has the address: it may be the same guest on another node; --force starts it all the same");
}

}  // namespace

Container::Container(Rid rid, Options options, Guest guest)
    : Resource(std::move(rid), Group::container, "container." + options.text("type"), options),
      guest_(std::move(guest)),
      hypervisor_(options.text("type")),
      readiness_(find_hypervisor_type(hypervisor_)->readiness),
      origin_(find_hypervisor_type(hypervisor_)->origin) {}

bool Container::takes_commands() const {
    return !guest_.windows && readiness_ != Readiness::by_itself;
}

bool Container::named_in_network() const {
    return readiness_ == Readiness::over_network || options().said("hostname");
}

void Container::announce(Looking& looking) const {
    looking.announce(hypervisor_, guest_);
}

SshOutcome Container::run_inside(World& world, const Argv& argv, Deadline deadline) const {
    try {
        return world.hypervisors.get(hypervisor_).run_inside(guest_, argv, deadline);
    } catch (const Error& error) {
        return SshOutcome{SshOutcome::Value::unreachable, error.what(), {}};
    }
}

tl::expected<Path, std::string> Container::network_namespace(World& world, Deadline deadline) const {
    try {
        return world.hypervisors.get(hypervisor_).network_namespace(guest_, deadline);
    } catch (const Error& error) {
        return tl::unexpected<std::string>(error.what());
    }
}

Hypervisor::Disks Container::disks(World& world, Deadline deadline) const {
    try {
        return world.hypervisors.get(hypervisor_).disks(guest_, deadline);
    } catch (const Error& error) {
        return {{}, error.what()};
    }
}

namespace {

/// Why a guest's disk can't be reserved; empty for one that is not to be: an empty drive, a disc that is only read.
std::string passed_over(const GuestDisk& disk) {
    if (disk.source.empty() || disk.readonly || disk.device == "cdrom" || disk.device == "floppy") return {};
    const std::string_view kind = disk.kind == GuestDisk::Kind::file      ? "the file"
                                  : disk.kind == GuestDisk::Kind::network ? "the network disk"
                                                                          : "the volume";
    return fmt::format("{} is {} {}", disk.target, kind, disk.source);
}

}  // namespace

Devices Container::devices_below(Looking& looking) const {
    World& world = looking.world();
    const Hypervisor::Disks answer = disks(world, Deadline::in(world.clock, looking.limits().hypervisor));
    Devices devices;
    if (answer.disks.empty()) devices.problem = answer.problem;
    for (const GuestDisk& disk : answer.disks) {
        if (disk.kind == GuestDisk::Kind::block && !disk.source.empty())
            devices.paths.push_back(disk.source);
        else if (std::string reason = passed_over(disk); !reason.empty())
            devices.passed_over.push_back(std::move(reason));
    }
    return devices;
}

std::string Container::missing_devices(Looking& looking) const {
    World& world = looking.world();
    try {
        return world.hypervisors.get(hypervisor_).missing_devices(guest_, Deadline::in(world.clock, looking.limits().hypervisor));
    } catch (const Error&) {
        return {};
    }
}

GuestOutput Container::output(World& world, const OutputRange& range, Deadline deadline) const {
    try {
        return world.hypervisors.get(hypervisor_).output(guest_, range, deadline);
    } catch (const Error& error) {
        return {{}, {}, error.what()};
    }
}

ResourceObservation Container::look(Looking& looking) const {
    const GuestState guest = looking.purpose() == Purpose::show ? state(looking) : settled(looking);
    ResourceObservation seen;
    seen.status = guest.health == GuestState::Health::unhealthy ? Status::warn : status_of(guest.value);
    seen.detail = guest.describe();
    seen.unready = unready_because(guest_, guest);
    seen.vcpus = guest.vcpus;
    seen.memory_kib = guest.memory_kib;
    seen.addresses = guest.addresses;
    if (seen.status == Status::warn || seen.status == Status::undef)
        seen.say(LogLine::Level::warn, seen.status == Status::undef ? seen.detail : fmt::format("{} is {}", guest_.name, seen.detail));
    for (const std::string& warning : guest.warnings) seen.say(LogLine::Level::warn, warning);
    for (const std::string& note : guest.notes) seen.say(LogLine::Level::info, note);

    if (seen.status == Status::undef)
        seen.unstartable =
            Error(Error::Code::refused, fmt::format("whether {} runs here can't be established: {}", guest_.name, seen.detail),
                  rid().text(), fmt::format("make {} answer, then try again", hypervisor_));
    else if (seen.status == Status::warn)
        seen.unstartable = Error(Error::Code::refused, fmt::format("{} is {}: it can't be started from there", guest_.name, seen.detail),
                                 rid().text(), "end that state with the hypervisor's own tool, or stop the service first");
    else if (seen.status == Status::down)
        look_ahead(looking, guest, seen);
    if (looking.purpose() == Purpose::start && seen.status == Status::down && !seen.unstartable && named_in_network())
        look_elsewhere(rid(), guest_, looking, seen);
    if (looking.purpose() == Purpose::start && seen.status == Status::up && takes_commands()) look_inside(looking, seen);
    return seen;
}

/// A guest that is on its way is waited for a moment: an action that was killed, or somebody else, may just have told it where to go.
GuestState Container::settled(Looking& looking) const {
    Clock& clock = looking.world().clock;
    const Deadline deadline = Deadline::in(clock, looking.limits().guest);
    GuestState now = state(looking);
    while (now.value == GuestState::Value::changing && !deadline.passed(clock) && looking.world().signals.pending() == 0) {
        clock.sleep_until(std::min(clock.now() + poll_interval, deadline.at()));
        now = looking.guest_again(hypervisor_, guest_);
    }
    return now;
}

void Container::look_ahead(Looking& looking, const GuestState& guest, ResourceObservation& seen) const {
    World& world = looking.world();
    if (guest.value == GuestState::Value::absent && origin_ == Origin::definition && guest_.uuid.empty()) look_for_definition(world, seen);
    if (seen.unstartable || looking.purpose() != Purpose::start) return;
    const StartOutlook outlook = world.hypervisors.get(hypervisor_).outlook(guest_, Deadline::in(world.clock, looking.limits().guest));
    seen.preparation = outlook.preparation;
    if (outlook.obstacle)
        seen.unstartable = Error(Error::Code::refused, outlook.obstacle->message(), rid().text(), outlook.obstacle->hint());
}

/// A node that never ran the guest has at most the file that a peer left for it.
void Container::look_for_definition(World& world, ResourceObservation& seen) const {
    const std::string unknown = fmt::format("{}: {}", guest_.name, seen.detail);
    if (!world.hypervisors.get(hypervisor_).definition(guest_).empty())
        return seen.say(LogLine::Level::info, unknown + "; a start defines it from its file");
    seen.say(LogLine::Level::warn, unknown + ", and there is no file to define it from");
    seen.unstartable = Error(Error::Code::refused, unknown + ", and there is no file to define it from", rid().text(),
                             "check `name` in the container's section, or copy the definition from a node that has it");
}

/// Whether a guest that runs takes commands; one that was started a moment ago does not.
void Container::look_inside(Looking& looking, ResourceObservation& seen) const {
    World& world = looking.world();
    const SshOutcome outcome = run_inside(world, {"pwd"}, Deadline::in(world.clock, looking.limits().guest));
    using enum SshOutcome::Value;
    if (outcome.value == unreachable || outcome.value == refused || outcome.value == timed_out) seen.unready = outcome.reason;
}

Intent Container::intend(Goal goal, const ResourceObservation& observation) const {
    return goal == Goal::up ? intend_up(observation) : intend_down(observation);
}

Intent Container::intend_up(const ResourceObservation& observation) const {
    if (observation.status == Status::up && observation.unready.empty()) return Intent::leave(fmt::format("{} is up", guest_.name));
    if (observation.status == Status::not_applicable) return Intent::leave(fmt::format("{} has done its work", guest_.name));
    Intent intent;
    if (observation.status == Status::up) {
        wait_until_ready(intent, fmt::format("{} runs and is not ready: {}", guest_.name, observation.unready));
        return intent;
    }
    intent.checked = fmt::format("{} is {} here ({})", guest_.name, to_string(observation.status), observation.detail);
    if (named_in_network()) intent.checked += fmt::format(" and {} does not answer ping", guest_.hostname);
    intent.refusal = observation.unstartable;
    intent.conflict = observation.conflict;
    const Duration patience = options().duration("start_timeout");
    if (!observation.preparation.empty())
        intent.verbs.push_back({"prepare", observation.preparation, options().duration("pull_timeout"), ""});
    intent.verbs.push_back({"start", fmt::format("{} is {} ({})", guest_.name, to_string(observation.status), observation.detail), patience,
                            "undo start", stop_time()});
    if (!guest_.runs_once) intent.verbs.push_back({"wait up", "the hypervisor must say that it runs", patience, ""});
    wait_until_ready(intent, "");
    return intent;
}

/// `unready` is why one that runs is waited for; empty for one that is being started.
void Container::wait_until_ready(Intent& intent, const std::string& unready) const {
    const Duration patience = options().duration("start_timeout");
    const auto wait = [&](const char* verb, const std::string& reason) {
        intent.verbs.push_back({verb, unready.empty() ? reason : unready, patience, ""});
    };
    if (guest_.runs_once) return wait("wait end", "it runs once, and what comes behind it needs its work");
    if (readiness_ == Readiness::by_itself) wait("wait healthy", "its health check must succeed, where it has one");
    if (named_in_network()) wait("wait ping", fmt::format("{} must answer ping", guest_.hostname));
    if (takes_commands()) intent.verbs.push_back({"wait operational", "a command must run in it", patience, ""});
}

Duration Container::stop_time() const {
    return options().duration("stop_timeout") + force_time;
}

Intent Container::intend_down(const ResourceObservation& observation) const {
    if (observation.status == Status::down) return Intent::leave(fmt::format("{} is down", guest_.name));
    Intent intent;
    const bool has_ended = observation.status == Status::not_applicable;
    const std::string reason =
        has_ended ? "its work is to be done again at the next start" : fmt::format("{} is {}", guest_.name, observation.detail);
    intent.verbs.push_back({"stop", reason, stop_time(), ""});
    return intent;
}

}  // namespace svcmgr
