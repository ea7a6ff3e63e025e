#include "tests/scenario/sim_hypervisor.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/options.h"
#include "tests/scenario/sim_process.h"
#include "tests/scenario/sim_world.h"

namespace svcmgr::sim {

namespace {

using enum GuestState::Value;

constexpr Duration answer_takes = std::chrono::milliseconds(2);
/// How long libvirt lets a request wait for another one on the same guest.
constexpr Duration job_patience = std::chrono::seconds(30);
constexpr Duration force_takes = std::chrono::milliseconds(200);
/// A start's process is there before its guest runs.
constexpr Duration process_takes = std::chrono::milliseconds(100);

}  // namespace

bool InstanceModel::exists() const {
    return state == running || state == paused || state == changing || state == crashed;
}

// --- the daemon

HypervisorModel::HypervisorModel(SimWorld& world, Node& node, std::string type) : world_(world), node_(node), type_(std::move(type)) {}

std::string HypervisorModel::name() const {
    return fmt::format("{} on {}", type_, node_.name());
}

void HypervisorModel::set_daemon(Daemon daemon) {
    daemon_ = daemon;
}

void HypervisorModel::release(const std::string& guest) {
    world_.effect(fmt::format("{} is let go by {}", guest, node_.name()));
}

void HypervisorModel::set_state(const std::string& guest, GuestState::Value state, const std::string& reason) {
    InstanceModel& instance = guests_[guest];
    const bool was_running = instance.state == running;
    instance.state = state;
    instance.reason = reason;
    instance.starting = false;
    instance.leaving = false;
    ++instance.run;
    if (GuestModel* model = world_.find_guest(guest); model != nullptr && was_running && state != running && state != paused)
        model->applications.clear();
    world_.effect(fmt::format("{} is {} on {}", guest, reason, node_.name()));
}

void HypervisorModel::milestone(const std::string& guest, Duration after, const std::string& what) {
    const std::uint64_t run = guests_[guest].run;
    world_.scheduler().at(world_.scheduler().now() + after, [this, guest, run, what] {
        const InstanceModel& instance = guests_[guest];
        if (instance.run == run && instance.state == running) world_.effect(fmt::format("{} {}", guest, what));
    });
}

void HypervisorModel::boot(const std::string& guest, const std::string& reason) {
    guests_[guest].since = world_.scheduler().now();
    set_state(guest, running, reason);
    const GuestModel* model = world_.find_guest(guest);
    if (model == nullptr) return;
    if (model->dies_after) {
        const std::uint64_t run = guests_[guest].run;
        world_.scheduler().at(world_.scheduler().now() + *model->dies_after, [this, guest, run] {
            if (guests_[guest].run == run) set_state(guest, stopped, "shut off (crashed)");
        });
    }
    if (model->pings) milestone(guest, model->pings_after, "answers ping");
    if (model->ssh == GuestModel::Ssh::fine) milestone(guest, model->answers_after, "answers ssh");
}

void HypervisorModel::run_since(const std::string& guest, Moment since) {
    guests_[guest].since = since;
    set_state(guest, running, "running (booted)");
}

void HypervisorModel::begin_start(const std::string& guest) {
    guests_[guest].starting = true;
    world_.happened();
    const std::uint64_t run = ++guests_[guest].run;
    Scheduler& scheduler = world_.scheduler();
    scheduler.at(scheduler.now() + process_takes, [this, guest, run] {
        if (guests_[guest].run != run) return;
        guests_[guest].state = changing;
        guests_[guest].reason = "paused (starting up)";
        world_.happened();
    });
    scheduler.at(scheduler.now() + start_takes, [this, guest, run] {
        if (guests_[guest].run == run) boot(guest, "running (booted)");
    });
}

void HypervisorModel::ask(const std::string& guest) {
    const GuestModel* model = world_.find_guest(guest);
    InstanceModel& instance = guests_[guest];
    const bool too_early = model != nullptr && world_.scheduler().now() < instance.since + model->pings_after;
    world_.effect(
        fmt::format("{} is asked to shut down on {}{}", guest, node_.name(), too_early ? ", too early in its boot to hear it" : ""));
    if (model == nullptr || model->deaf || too_early || instance.state != running) return;
    const std::uint64_t run = instance.run;
    world_.scheduler().at(world_.scheduler().now() + model->shuts_down_in, [this, guest, run] {
        if (guests_[guest].run == run) set_state(guest, stopped, "shut off (shut down)");
    });
}

void HypervisorModel::force(const std::string& guest) {
    const std::uint64_t run = guests_[guest].run;
    world_.scheduler().at(world_.scheduler().now() + force_takes, [this, guest, run] {
        if (guests_[guest].run == run || guests_[guest].exists()) set_state(guest, stopped, "shut off (destroyed)");
    });
}

// --- the driver

std::optional<std::string> SimHypervisor::no_answer(Deadline deadline) {
    const Moment begin = process_.sim().clock().now();
    using enum HypervisorModel::Daemon;
    if (model_.daemon() == dead) return "libvirtd can't be reached: connection refused";
    const Moment answer = model_.daemon() == fine ? begin + answer_takes : Scheduler::never;
    const auto woken =
        process_.wait([this, begin] { return model_.daemon() == fine && process_.sim().clock().now() >= begin + answer_takes; },
                      std::min(answer, deadline.at()), model_.name());
    if (woken == Process::Woken::by_signal) return "stopped by a signal before libvirtd answered";
    if (model_.daemon() == dead) return "libvirtd can't be reached: connection refused";
    if (model_.daemon() == hung) return fmt::format("libvirtd did not answer within {}", to_text(process_.sim().clock().now() - begin));
    return std::nullopt;
}

void SimHypervisor::need_answer(const Guest& guest, Deadline deadline) {
    const auto problem = no_answer(deadline);
    if (!problem) return;
    const Error::Code code = process_.pending_signal() != 0                     ? Error::Code::interrupted
                             : model_.daemon() == HypervisorModel::Daemon::hung ? Error::Code::timed_out
                                                                                : Error::Code::unreachable;
    throw Error(code, *problem, "guest " + guest.name);
}

Capabilities SimHypervisor::capabilities(Deadline deadline) {
    process_.call();
    if (const auto problem = no_answer(deadline)) return {{}, *problem};
    Capabilities capabilities{{Capability::start, Capability::disks, Capability::definition}, ""};
    if (model_.moves_live()) capabilities.can.insert(Capability::live_migration);
    return capabilities;
}

std::vector<GuestState> SimHypervisor::look(std::span<const Guest> guests, Deadline deadline) {
    process_.call();
    std::vector<GuestState> states;
    const auto problem = no_answer(deadline);
    for (const Guest& guest : guests) {
        const std::string& name = guest.name;
        GuestState& state = states.emplace_back();
        const auto found = model_.guests().find(name);
        const bool has_process = found != model_.guests().end() && found->second.exists();
        if (!problem) {
            state.value = found == model_.guests().end() ? absent : found->second.state;
            state.reason = found == model_.guests().end() ? "not defined" : found->second.reason;
            if (found != model_.guests().end()) state.warnings = found->second.warnings;
            if (state.value == running) {
                state.vcpus = 2;
                state.memory_kib = 1048576;
            }
        } else if (model_.daemon() == HypervisorModel::Daemon::dead && has_process) {
            state.value = running;
            state.reason = "its process 4711 runs";
            state.warnings.push_back(fmt::format("{}; {} was found by its process 4711", *problem, name));
        } else if (model_.daemon() == HypervisorModel::Daemon::dead) {
            state.reason = fmt::format("{}, and no process of {} was found: whether it is stopped can't be told", *problem, name);
        } else {
            state.reason = has_process ? fmt::format("{}; its process 4711 is there", *problem) : *problem;
        }
    }
    return states;
}

void SimHypervisor::wait_for(const Guest& guest, Deadline deadline, const std::function<bool()>& done) {
    const Moment begin = process_.sim().clock().now();
    const auto woken = process_.wait(done, deadline.at(), model_.name());
    if (done()) return;
    const bool signal = woken == Process::Woken::by_signal;
    throw Error(signal ? Error::Code::interrupted : Error::Code::timed_out,
                signal ? "stopped by a signal before libvirtd answered"
                       : fmt::format("libvirtd did not answer within {}", to_text(process_.sim().clock().now() - begin)),
                "guest " + guest.name, fmt::format("libvirtd may still do what it was told; look with: virsh domstate {}", guest.name));
}

void SimHypervisor::start(const Guest& guest, Deadline deadline) {
    process_.call();
    need_answer(guest, deadline);
    // A definition that a peer replicated is made effective first.
    if (process_.node().files().facts(fmt::format("/etc/libvirt/qemu/{}.xml", guest.name))) model_.guests()[guest.name];
    const auto found = model_.guests().find(guest.name);
    const std::string where = "guest " + guest.name;
    if (found == model_.guests().end())
        throw Error(Error::Code::failed, fmt::format("libvirt does not know it, and there is no /etc/libvirt/qemu/{}.xml", guest.name),
                    where);
    if (found->second.exists()) throw Error(Error::Code::failed, "Requested operation is not valid: domain is already running", where);
    if (model_.cant_start.contains(guest.name))
        throw Error(Error::Code::failed,
                    "internal error: process exited while connecting to monitor: can't open /dev/vg/vm188: No such file or directory",
                    where);
    process_.acted("start " + guest.name);
    model_.begin_start(guest.name);
    wait_for(guest, deadline, [&] { return model_.guests()[guest.name].state == running; });
}

void SimHypervisor::stop(const Guest& guest, StopMode mode, Deadline deadline) {
    process_.call();
    need_answer(guest, deadline);
    const auto found = model_.guests().find(guest.name);
    if (found == model_.guests().end()) return;
    if (!found->second.exists()) return;
    process_.acted("stop " + guest.name);
    if (mode == StopMode::ask) {
        // The job of a start that is being carried out; a forced stop does not wait for it.
        if (found->second.starting)
            process_.wait([&] { return !found->second.starting; }, std::min(deadline.at(), process_.sim().clock().now() + job_patience),
                          model_.name());
        if (process_.pending_signal() != 0)
            throw Error(Error::Code::interrupted, "stopped by a signal before libvirtd answered", "guest " + guest.name);
        if (found->second.starting)
            throw Error(Error::Code::failed,
                        "Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainCreate)",
                        "guest " + guest.name);
        model_.ask(guest.name);
        return;
    }
    if (model_.cant_force.contains(guest.name))
        throw Error(Error::Code::failed, "Failed to terminate process 4711 with SIGKILL: Device or resource busy", "guest " + guest.name);
    model_.force(guest.name);
    wait_for(guest, deadline, [&] { return !model_.guests()[guest.name].exists(); });
}

void SimHypervisor::release(const Guest& guest, Deadline deadline) {
    if (!model_.keeps_stopped_guests()) return;
    process_.call();
    need_answer(guest, deadline);
    const auto found = model_.guests().find(guest.name);
    if (found != model_.guests().end() && !found->second.exists()) model_.release(guest.name);
}

SshOutcome SimHypervisor::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    if (guest.windows)
        return {SshOutcome::Value::unreachable,
                fmt::format("nothing can be run inside {}: its env file says that it runs Windows", guest.name),
                {}};
    SshTarget target;
    target.host = guest.hostname;
    return process_.world().ssh.run(target, argv, deadline);
}

Hypervisor::Disks SimHypervisor::disks(const Guest& guest, Deadline deadline) {
    process_.call();
    if (const auto problem = no_answer(deadline)) return {{}, *problem};
    const GuestModel* model = process_.sim().find_guest(guest.name);
    if (model == nullptr || !model_.guests().contains(guest.name))
        return {{}, fmt::format("libvirt does not know {}, and there is no /etc/libvirt/qemu/{}.xml", guest.name, guest.name)};
    return {model->disks, ""};
}

std::vector<Path> SimHypervisor::definition(const Guest& guest) {
    process_.call();
    std::vector<Path> files = definition_places(guest);
    std::erase_if(files, [this](const Path& file) { return !process_.node().files().facts(file); });
    return files;
}

std::vector<Path> SimHypervisor::definition_places(const Guest& guest) {
    return {fmt::format("/etc/libvirt/qemu/{}.xml", guest.name)};
}

std::optional<Path> SimHypervisor::drp_flag(const Guest& guest) {
    return model_.keeps_stopped_guests() ? std::optional(fmt::format("/zones/{}/.drp_flag", guest.name)) : std::nullopt;
}

namespace {

Path mksf_of(const Guest& guest) {
    return fmt::format("/var/lib/svcmgr/hpvm/{}.mksf", guest.name);
}

}  // namespace

std::vector<Path> SimHypervisor::devices_to_make(const Guest& guest) const {
    std::vector<Path> missing;
    const auto text = model_.names_disks_itself() ? process_.node().files().read(mksf_of(guest)).value_or("") : std::string();
    for (const std::string& line : split_filled(text, '\n'))
        if (const Path device = line.substr(0, line.find(':')); !process_.node().files().facts(device)) missing.push_back(device);
    return missing;
}

std::string SimHypervisor::missing_devices(const Guest& guest, Deadline) {
    process_.call();
    const auto missing = devices_to_make(guest);
    return missing.empty() ? "" : fmt::format("this node has no {}", fmt::join(missing, ", "));
}

void SimHypervisor::restore_devices(const Guest& guest, Deadline) {
    process_.call();
    for (const Path& device : devices_to_make(guest)) {
        process_.acted("mksf " + device);
        process_.node().files().put_special(device, FileFacts::Kind::block_device, 18);
    }
}

void SimHypervisor::save_devices(const Guest& guest, Deadline) {
    process_.call();
    const auto found = model_.guests().find(guest.name);
    if (!model_.names_disks_itself() || found == model_.guests().end() || found->second.state != running) return;
    std::string text;
    const GuestModel* model = process_.sim().find_guest(guest.name);
    if (model != nullptr)
        for (const GuestDisk& disk : model->disks) text += disk.source + ":0xa1\n";
    process_.world().files.make_directories("/var/lib/svcmgr/hpvm", 0755);
    process_.world().files.replace(mksf_of(guest), text, 0644);
}

std::vector<HostNeed> SimHypervisor::needs(const Guest& guest, Deadline deadline) {
    process_.call();
    if (const auto problem = no_answer(deadline)) return {{"definition", HostNeed::Answer::unknown, *problem, ""}};
    std::vector<HostNeed> needs;
    const GuestModel* model = process_.sim().find_guest(guest.name);
    for (const std::string& bridge : model == nullptr ? std::vector<std::string>() : model->bridges) {
        HostNeed& need = needs.emplace_back(HostNeed{"bridge " + bridge});
        if (process_.node().files().facts("/sys/class/net/" + bridge)) continue;
        need = {need.what, HostNeed::Answer::missing, fmt::format("this node has no bridge {}", bridge), "make it as on the other nodes"};
    }
    HostNeed& processor = needs.emplace_back(HostNeed{"processor"});
    if (model_.cant_come.contains(guest.name))
        processor = {processor.what, HostNeed::Answer::missing, "this node's can't run it",
                     "give the guest a processor that all nodes have"};
    return needs;
}

std::optional<Error> SimHypervisor::copy_outlook(const Guest& guest, Deadline) {
    process_.call();
    const GuestModel* model = process_.sim().find_guest(guest.name);
    const auto far = [](const GuestDisk& disk) { return disk.kind == GuestDisk::Kind::network; };
    if (model == nullptr || std::ranges::none_of(model->disks, far)) return std::nullopt;
    return Error(Error::Code::refused, "no copy of it can be started: one of its disks is neither a file nor a block device of this node",
                 "guest " + guest.name);
}

void SimHypervisor::make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) {
    process_.call();
    need_answer(guest, deadline);
    process_.world().files.replace(copy.directory + "/vda.qcow2", "above " + guest.name, 0600);
}

void SimHypervisor::start_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) {
    process_.call();
    need_answer(guest, deadline);
    if (!process_.node().files().facts(copy.directory + "/vda.qcow2") || !process_.node().files().facts("/sys/class/net/" + copy.bridge))
        throw Error(Error::Code::failed, "a copy needs its layer and its bridge", "guest " + copy.name);
    if (model_.cant_start.contains(guest.name))
        throw Error(Error::Code::failed, "internal error: qemu unexpectedly closed the monitor", "guest " + copy.name);
    SimWorld& world = process_.sim();
    const GuestModel* own = world.find_guest(guest.name);
    GuestModel model = own == nullptr ? GuestModel{} : *own;
    model.name = copy.name;
    model.hostname = copy.name;
    model.adapters.clear();
    model.applications.clear();
    world.add_guest(copy.name) = model;
    if (own != nullptr) world.find_guest(copy.name)->adapters = own->adapters;
    process_.acted("start " + copy.name);
    model_.begin_start(copy.name);
    wait_for(guest, deadline, [&] { return model_.guests()[copy.name].state == running; });
}

void SimHypervisor::end_copy(const GuestCopy& copy, Deadline deadline) {
    process_.call();
    Guest passing;
    passing.name = copy.name;
    need_answer(passing, deadline);
    const auto found = model_.guests().find(copy.name);
    if (found == model_.guests().end() || !found->second.exists()) return;
    model_.force(copy.name);
    wait_for(passing, deadline, [&] { return !model_.guests()[copy.name].exists(); });
    model_.guests().erase(copy.name);
}

void SimHypervisor::remove_layers(const GuestCopy& copy, Deadline) {
    process_.call();
    for (const std::string& name : process_.world().files.list(copy.directory).value_or(std::vector<std::string>()))
        process_.world().files.remove(fmt::format("{}/{}", copy.directory, name));
}

}  // namespace svcmgr::sim
